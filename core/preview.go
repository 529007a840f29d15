package core

import (
	"context"
	"time"

	"github.com/sesame-auth/sesame/providers"
)

// A Preview is what Token would answer now, as far as that can be told without doing it.
type Preview struct {
	Answer Answer
	// Err is what Token would fail with.
	Err error
	// Refresh is set where the token would be refreshed first. The answer is then what there is if that
	// fails, and has no token where there is none.
	Refresh bool
	// Unknown is set where the provider keeps tokens itself: it is not asked.
	Unknown bool
}

// Preview tells what Token would answer: nobody but a provider that is pure and quick is asked,
// nothing is refreshed or written.
func (d *Dispatcher) Preview(ctx context.Context, u providers.URL, username string) Preview {
	var p Preview
	q := new(Query)
	p.Err = d.Finder.Find(q, u, username)
	switch {
	case p.Err != nil:
	case q.Keeping == providers.KeepsInStore:
		p.Answer, p.Err = d.answerKept(q)
	case q.Keeping == providers.KeepsItself:
		p.Unknown = true
	case q.InProcess():
		p.Answer.Token, p.Err = d.askInProcess(ctx, q)
		p.Answer.Origin = Passed
	default:
		d.preview(q, &p)
	}
	p.Answer.Exclusive = q.Route.Exclusive
	return p
}

// preview does so for a token that is stored.
func (d *Dispatcher) preview(q *Query, p *Preview) {
	record := d.look(q)
	q.asked = time.Now()
	action, verdict := q.Policy.Decide(record, q.asked, d.Forced)
	p.Refresh = action == Elect || action == Wait
	switch {
	case action == Fail:
		p.Err = q.failed(record, nil)
	case verdict.Usable() && (d.Forced.IsZero() || action == Serve):
		p.Answer, p.Err = d.serve(q, record)
	}
}
