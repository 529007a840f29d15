package core

import (
	"context"
	"errors"
	"time"

	"github.com/sesame-auth/sesame/providers"
)

// request is what the provider is asked.
func (q *Query) request(previous *providers.Token, goodUntil time.Time) providers.Request {
	return providers.Request{
		URL: q.URL, Username: q.Username, Options: q.Route.Options,
		Previous: previous, GoodUntil: goodUntil,
	}
}

// Request is what the query's provider is asked, where it keeps tokens itself or a person logs in.
func (q *Query) Request() providers.Request { return q.request(nil, time.Time{}) }

// Ask calls a provider that keeps tokens itself, and checks what it returned: one of a person's own,
// which may be empty.
func (q *Query) Ask(ctx context.Context, p providers.Provider) (*providers.Token, error) {
	token, err := p.Token(ctx, q.Request())
	if err != nil {
		return nil, err
	}
	if err := checkKept(token, ""); err != nil {
		return nil, errors.New("the kept token cannot be used: " + err.Error())
	}
	return token, nil
}

// ask calls a provider for the query and checks what it returned.
func (q *Query) ask(
	ctx context.Context, p providers.Provider, previous *providers.Token, goodUntil time.Time,
) (*providers.Token, error) {
	token, err := p.Token(ctx, q.request(previous, goodUntil))
	if err != nil {
		return nil, err
	}
	return token, q.accept(token)
}

// accept checks what the provider returned, and completes it.
func (q *Query) accept(token *providers.Token) error {
	if token == nil {
		return &providers.Error{
			Kind:    providers.ErrUnavailable,
			Message: "provider " + q.Profile.Name + " returned neither a token nor an error",
		}
	}
	now := time.Now()
	correctClock(token, now)
	if err := check(token, now); err != nil {
		return &providers.Error{
			Kind:    providers.ErrUnavailable,
			Message: "provider " + q.Profile.Name + " returned a token that cannot be used: " + err.Error(),
		}
	}
	if token.Username == "" {
		token.Username = q.Username
	}
	return nil
}

// correctClock moves a token that was issued in the future into this machine's time: its issuer's
// clock is ahead, and the token would end here only after it has ended there.
func correctClock(t *providers.Token, now time.Time) {
	ahead := t.Issued.Sub(now)
	if t.Issued.IsZero() || ahead <= 0 {
		return
	}
	t.Issued = now
	if !t.Expires.IsZero() {
		t.Expires = t.Expires.Add(-ahead)
	}
}
