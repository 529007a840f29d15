package core

import (
	"context"
	"errors"
	"time"

	"github.com/sesame-auth/sesame/providers"
)

// quickLimit is how many tokens in a row may be refused as soon as they were obtained before
// no more are obtained for a while. A tool that asks again at once for whatever it
// refused (git-lfs before 3.6) would otherwise have tokens minted without end.
const quickLimit = 3

// Forget remembers that a tool's server refused value, so that this token is never handed out
// again. The zero Secret stands for the token last given. A value that is
// not the current token changes nothing: a newer one took its place already.
//
// A tool names the account that it was answered, which may be the token's own where it asked
// for any; so a value is also looked for under no account.
func (d *Dispatcher) Forget(ctx context.Context, u providers.URL, username string, value providers.Secret) error {
	found, err := d.forget(ctx, u, username, value)
	if err == nil && !found && username != "" && !value.IsZero() {
		_, err = d.forget(ctx, u, "", value)
	}
	if errors.Is(err, providers.ErrNotFound) {
		return nil
	}
	return err
}

// forget does so for one account, and reports whether that account's token was meant.
func (d *Dispatcher) forget(
	ctx context.Context, u providers.URL, username string, value providers.Secret,
) (found bool, err error) {
	q := new(Query)
	if err := d.Finder.Find(q, u, username); err != nil {
		return false, err
	}
	current := d.current(ctx, q)
	if current.IsZero() || !value.IsZero() && !value.Equal(current) {
		return false, nil
	}
	lock, err := d.Store.Lock(ctx, q.Key)
	if err != nil {
		return true, err
	}
	defer lock.Unlock()
	record := d.look(q)
	if record == nil {
		record = &Record{}
	}
	if !q.InProcess() && (record.Token == nil || !record.Token.Value.Equal(current)) {
		return true, nil // refreshed while we waited
	}
	if !record.IsRefused(current) {
		record.Refuse(current)
	}
	q.afterRefusal(record, time.Now())
	d.log("forgot", q, Refused)
	return true, d.Store.Save(q.Key, record)
}

// current returns the token that Token would hand out, without asking anybody for
// another.
func (d *Dispatcher) current(ctx context.Context, q *Query) providers.Secret {
	if q.InProcess() {
		token, err := q.ask(ctx, q.Profile.New(), nil, time.Time{})
		if err != nil {
			return providers.Secret{}
		}
		return token.Value
	}
	if record := d.look(q); record != nil && record.Token != nil {
		return record.Token.Value
	}
	return providers.Secret{}
}

// afterRefusal holds the next refresh back where one can do no good: there is
// no other token to be had in process, or several in a row were refused at once.
func (q *Query) afterRefusal(record *Record, now time.Time) {
	message := "its server refused the token"
	if !q.InProcess() {
		if now.Sub(record.Obtained) > maxFloor {
			record.Quick = 0
		}
		if record.Quick++; record.Quick < quickLimit {
			return
		}
		message = "its server refused several tokens as soon as they were obtained"
	}
	record.Failure = &Failure{
		Err: providers.Error{
			Kind: providers.ErrLoginRequired, Message: message,
			Repair: "sesame explain " + q.URL.String(),
		},
		Count: 1, At: now, Next: now.Add(refusalMemory),
	}
}
