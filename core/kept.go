package core

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/sesame-auth/sesame/providers"
)

// maxKept bounds the accounts that are kept for one host.
const maxKept = 64

// answerKept answers with a token that a tool handed in.
func (d *Dispatcher) answerKept(q *Query) (Answer, error) {
	path, _ := keptPath(q.URL) // "" for an odd one: what is kept for the whole host may serve it
	k := findKept(d.look(q).keptTokens(), path, q.Username, time.Now())
	if k == nil {
		return Answer{}, nothingKept(q)
	}
	d.log("served a kept token", q, Fresh)
	return Answer{Token: &k.Token, Origin: Kept, Path: k.Path}, nil
}

func nothingKept(q *Query) error {
	return &providers.Error{
		Kind:    providers.ErrNotFound,
		Message: "nothing is kept for " + q.URL.String(),
		Repair:  "sesame login " + hostOf(q.URL),
	}
}

// A ReadOnlyError is the error of Keep for a URL whose route takes no such token.
type ReadOnlyError struct {
	Provider string // of the route
	Username string // the only account it takes; "" where it takes none at all
}

// Error says so.
func (e *ReadOnlyError) Error() string {
	if e.Username != "" {
		return "the route takes tokens of the account " + strconv.Quote(e.Username) + " only"
	}
	return "provider " + e.Provider + " takes no tokens"
}

// Keep keeps a token that a tool hands in for u, under the tool's own name for it, which may be "".
// See [protocols.Tokens].
func (d *Dispatcher) Keep(ctx context.Context, u providers.URL, name string, t *providers.Token) error {
	q := new(Query)
	if err := d.Finder.Find(q, u, ""); err != nil {
		return err
	}
	if q.Keeping == providers.KeepsNothing {
		return &ReadOnlyError{Provider: q.Profile.Name}
	}
	if want := q.Route.Username; want != "" && t.Username != want {
		return &ReadOnlyError{Provider: q.Profile.Name, Username: want}
	}
	if !t.Expires.IsZero() && !t.Expires.After(time.Now()) {
		return nil // it would never be handed out
	}
	path, ok := keptPath(u)
	if !ok {
		return errors.New("servers read the path of this URL in more than one way")
	}
	if err := checkKept(t, name); err != nil {
		return errors.New("the token cannot be kept: " + err.Error())
	}
	if q.Keeping == providers.KeepsItself {
		return d.keepByKeeper(ctx, q, name, t)
	}
	return d.keepInStore(ctx, q, keptToken{Token: *t, Path: path, Name: name})
}

// keepInStore keeps a token in the record of its host. One that is there already is not written
// again, unless a tool with a name of its own for the host makes it the latest.
func (d *Dispatcher) keepInStore(ctx context.Context, q *Query, k keptToken) error {
	if again(d.look(q).keptTokens(), k) {
		return nil
	}
	lock, err := d.Store.Lock(ctx, q.Key)
	if err != nil {
		return err
	}
	defer lock.Unlock()
	record := d.look(q)
	tokens := slices.DeleteFunc(record.keptTokens(), func(old keptToken) bool {
		return old.Username == k.Username && old.Path == k.Path
	})
	if len(tokens) >= maxKept {
		return errors.New("there are " + strconv.Itoa(maxKept) + " accounts for " + hostOf(q.URL) +
			" already; to drop them all, type: sesame logout " + hostOf(q.URL))
	}
	d.log("kept", q, Fresh)
	return d.Store.Save(q.Key, keptRecord(q.URL, append(tokens, k)))
}

// again reports whether k is what its tool would be answered anyway. A name makes it the latest too.
func again(tokens []keptToken, k keptToken) bool {
	username := k.Username
	if username == providers.DefaultUsername {
		username = "" // it stands for a token without one
	}
	found := findKept(tokens, k.Path, username, time.Now())
	if found == nil || !found.Value.Equal(k.Value) {
		return false
	}
	if found.Username == "" && k.Username == providers.DefaultUsername {
		return true // as the username of a password, since the tool knows no other form
	}
	same := found.Username == k.Username && found.Scheme == k.Scheme &&
		found.Expires.Equal(k.Expires) && found.State.Equal(k.State)
	return same && (k.Name == "" || k.Name == found.Name && found == &tokens[len(tokens)-1])
}

// dropFromStore drops the tokens of a host: those of an account if one is named, of a path if the URL has
// one, of a value if it is not the zero Secret.
func (d *Dispatcher) dropFromStore(ctx context.Context, q *Query, r refusal) error {
	path, ok := keptPath(q.URL)
	if !ok {
		return nil
	}
	meant := func(k keptToken) bool {
		if !r.any() {
			return k.serves(path, q.Username) && r.means(k.Value)
		}
		return below(k.Path, path) && (q.Username == "" || k.Username == q.Username)
	}
	if !slices.ContainsFunc(d.look(q).keptTokens(), meant) {
		return nil
	}
	lock, err := d.Store.Lock(ctx, q.Key)
	if err != nil {
		return err
	}
	defer lock.Unlock()
	tokens := slices.DeleteFunc(d.look(q).keptTokens(), meant)
	d.log("dropped", q, Absent)
	if len(tokens) == 0 {
		return d.Store.Remove(q.Key)
	}
	return d.Store.Save(q.Key, keptRecord(q.URL, tokens))
}
