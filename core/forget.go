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
// not the current token changes nothing: a newer one took its place already. Kept tokens are
// dropped: see [protocols.Tokens].
func (d *Dispatcher) Forget(ctx context.Context, u providers.URL, username string, value providers.Secret) error {
	return d.forgetAnyhow(ctx, u, username, refusal{value: value})
}

// Renew is Token for a tool whose server refused the token of that fingerprint, which is
// forgotten before.
func (d *Dispatcher) Renew(ctx context.Context, u providers.URL, username, fingerprint string) (Answer, error) {
	if err := d.forgetAnyhow(ctx, u, username, refusal{fingerprint: fingerprint}); err != nil {
		return Answer{}, err
	}
	return d.Token(ctx, u, username)
}

// forgetAnyhow forgets a token of the account, or under no account: a tool names the account that it
// was answered, which may be the token's own where it asked for any.
func (d *Dispatcher) forgetAnyhow(ctx context.Context, u providers.URL, username string, r refusal) error {
	found, err := d.forget(ctx, u, username, r)
	if err == nil && !found && username != "" && !r.any() {
		_, err = d.forget(ctx, u, "", r)
	}
	if errors.Is(err, providers.ErrNotFound) {
		return nil
	}
	return err
}

// A refusal says which token a tool's server refused: one of that value or of that fingerprint; the zero
// refusal means whichever there is.
type refusal struct {
	value       providers.Secret
	fingerprint string
}

func (r refusal) any() bool { return r.value.IsZero() && r.fingerprint == "" }

// means reports whether the refusal is of that token.
func (r refusal) means(token providers.Secret) bool {
	if r.fingerprint != "" {
		return Fingerprint(token) == r.fingerprint
	}
	return r.any() || r.value.Equal(token)
}

// forget does so for one account, and reports whether that account's token was meant.
func (d *Dispatcher) forget(
	ctx context.Context, u providers.URL, username string, r refusal,
) (found bool, err error) {
	q := new(Query)
	if err := d.Finder.Find(q, u, username); err != nil {
		return false, err
	}
	switch q.Keeping {
	case providers.KeepsInStore:
		return true, d.dropFromStore(ctx, q, r)
	case providers.KeepsItself:
		return true, d.dropByKeeper(ctx, q, r.value)
	}
	current := d.current(ctx, q)
	if current.IsZero() || !r.means(current) {
		return false, nil
	}
	lock, err := d.Store.Lock(ctx, q.Key)
	if err != nil {
		return true, err
	}
	defer lock.Unlock()
	record := d.look(q)
	if record == nil {
		record = &Record{Host: hostOf(q.URL)}
	}
	if !q.InProcess() && (record.Token == nil || !record.Token.Value.Equal(current)) {
		return true, nil // refreshed while we waited
	}
	if known := record.IsRefused(current); known && !q.InProcess() {
		return true, nil // docker's logout says it four times
	} else if !known {
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
