package core

import (
	"context"
	"time"

	"github.com/sesame-auth/sesame/providers"
)

// An Explanation is what the dispatcher would do about a URL now, and why.
type Explanation struct {
	Query   *Query
	Verdict Verdict
	Action  Action
	// Window is that of the stored token; zero if there is none.
	Window Window
	// Record is what the store has; nil if nothing.
	Record *Record
	// Kept are the accounts whose tokens are kept for the URL, the latest first.
	Kept []string
	// Err is what an in-process provider said, or what is wrong with the stored record.
	Err error
}

// Explain tells what Token would do, without doing it: nobody but a provider that is pure and
// quick is asked.
func (d *Dispatcher) Explain(ctx context.Context, u providers.URL, username string) (*Explanation, error) {
	q := new(Query)
	if err := d.Finder.Find(q, u, username); err != nil {
		return nil, err
	}
	return d.explain(ctx, q), nil
}

// explain does so for a query.
func (d *Dispatcher) explain(ctx context.Context, q *Query) *Explanation {
	e := &Explanation{Query: q, Verdict: Absent}
	if q.Keeping != providers.KeepsNothing {
		d.explainKept(e)
		return e
	}
	if q.InProcess() {
		d.explainInProcess(ctx, e)
		return e
	}
	if _, err := d.Store.Load(q.Key); err != nil {
		e.Err = err
	}
	e.Record = d.look(q)
	if e.Record != nil && e.Record.Token != nil {
		e.Window = q.Policy.Window(e.Record.Token, e.Record.Obtained)
	}
	e.Action, e.Verdict = q.Policy.Decide(e.Record, time.Now(), d.Forced)
	return e
}

// explainInProcess asks a provider that is asked on every call anyway.
func (d *Dispatcher) explainInProcess(ctx context.Context, e *Explanation) {
	if _, e.Err = d.askInProcess(ctx, e.Query); e.Err == nil {
		e.Verdict = Fresh
		return
	}
	record, _ := d.Store.Load(e.Query.Key)
	if record != nil && record.backingOff(time.Now(), expiredCap) {
		e.Verdict, e.Record = Refused, record
	}
}

// explainKept tells which tokens are kept for the URL; a provider that keeps them itself is not asked.
func (d *Dispatcher) explainKept(e *Explanation) {
	q := e.Query
	if q.Keeping == providers.KeepsItself {
		return
	}
	_, e.Err = d.Store.Load(q.Key)
	path, _ := keptPath(q.URL)
	tokens := d.look(q).keptTokens()
	for i := len(tokens) - 1; i >= 0; i-- {
		if k := &tokens[i]; k.serves(path, q.Username) && !k.endedAt(time.Now()) {
			e.Kept, e.Verdict = append(e.Kept, k.Username), Fresh
		}
	}
}

// Next returns when the next try is due after the failure on record; zero if there is
// none, or it is due now.
func (e *Explanation) Next(now time.Time) time.Time {
	if e.Record == nil || e.Record.Failure == nil {
		return time.Time{}
	}
	if next := e.Record.Failure.next(e.Verdict.patience()); next.After(now) {
		return next
	}
	return time.Time{}
}
