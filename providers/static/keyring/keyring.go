// Package keyring is the provider static for routes with store = "keyring": it keeps the
// tokens that tools hand in, in the operating system's keyring. That is the Secret Service
// (its draft specification 0.2) on Linux and the BSDs, the Keychain on macOS, and the Credential
// Manager on Windows.
//
// An item of the service "sesame" holds the tokens of one host, under the name
// scheme://host[:port]; the item "index" holds those names, since a keyring cannot be asked for
// what it has. There is no other store behind it: where the keyring is locked, absent or
// slow, that is an error, never a file.
package keyring

import (
	"context"
	"slices"
	"time"

	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/static"
)

// Provider keeps tokens in the keyring for a route with store = "keyring", and answers any
// other as [static.Provider] does. The zero value uses the system's keyring.
//
// Whatever the keyring does, a call returns within 5 s. Where that can be seen beforehand, no person
// is asked for a password, and no bus is started to look for a keyring on it: a locked, an absent or
// a slow one is an error of the kind [providers.ErrUnavailable] that says what to do.
type Provider struct {
	ring ring // nil for the system's
}

var _ providers.Keeper = Provider{}

// Token returns what is kept for req.URL and req.Username, "" being any account: the token
// of the longest path that the URL's lies in, of those the latest. What has expired is not there.
func (p Provider) Token(ctx context.Context, req providers.Request) (*providers.Token, error) {
	if !keepsHere(req) {
		return static.Provider{}.Token(ctx, req)
	}
	host := hostOf(req.URL)
	ctx, items, cancel := p.open(ctx)
	defer cancel()
	entries, err := items.entries(ctx, host)
	if err != nil {
		return nil, failed(err)
	}
	e := find(entries, pathOf(req.URL), req.Username, time.Now())
	if e == nil {
		return nil, &providers.Error{
			Kind:    providers.ErrNotFound,
			Message: "nothing is kept for " + req.URL.String(),
			Repair:  "sesame login " + host,
		}
	}
	return e.token(), nil
}

// Keep keeps t for req.URL and what lies below, in place of what was kept for that very path and
// t.Username. It refuses the 65th token of a host, what is not UTF-8, and what is larger than an
// item of the keyring may be.
func (p Provider) Keep(ctx context.Context, req providers.Request, t *providers.Token) error {
	host := hostOf(req.URL)
	if !keepsHere(req) {
		return failed(errNotKept)
	}
	e, err := newEntry(req, t)
	if err != nil {
		return failed(err)
	}
	ctx, items, cancel := p.open(ctx)
	defer cancel()
	entries, err := items.entries(ctx, host)
	if err != nil {
		return failed(err)
	}
	kept := put(entries, e, time.Now())
	if len(kept) > maxEntries {
		return tooMany(host)
	}
	return failed(items.save(ctx, host, entries, kept))
}

// Drop drops what is kept for req.URL and req.Username, "" being any account: with a value the
// tokens of that value that serve the URL, without one all that are kept for its path or below.
// Where the URL has no path, either is for the whole host.
func (p Provider) Drop(ctx context.Context, req providers.Request, value providers.Secret) error {
	host := hostOf(req.URL)
	if !keepsHere(req) {
		return failed(errNotKept)
	}
	ctx, items, cancel := p.open(ctx)
	defer cancel()
	entries, err := items.entries(ctx, host)
	if err != nil || len(entries) == 0 {
		return failed(err)
	}
	left := drop(entries, pathOf(req.URL), req.Username, value)
	return failed(items.save(ctx, host, entries, left))
}

// Kept returns the accounts in the order of their hosts, of one host the latest first. A token that is
// kept for a path, by a tool without a name of its own for it, is left out: its host alone has none.
func (p Provider) Kept(ctx context.Context, req providers.Request) ([]providers.Account, error) {
	if !keepsHere(req) {
		return nil, failed(errNotKept)
	}
	ctx, items, cancel := p.open(ctx)
	defer cancel()
	hosts, err := items.hosts(ctx)
	if err != nil {
		return nil, failed(err)
	}
	var accounts []providers.Account
	for _, host := range hosts {
		entries, err := items.entries(ctx, host)
		if isDamaged(err) {
			continue // a request for that host says so; the others are none the worse
		}
		if err != nil {
			return nil, failed(err)
		}
		for _, account := range accountsOf(host, entries, time.Now()) {
			if !slices.Contains(accounts, account) {
				accounts = append(accounts, account)
			}
		}
	}
	return accounts, nil
}

// keepsHere reports whether the route's tokens are in the keyring. A route with an option that is not known is
// static's to refuse.
func keepsHere(req providers.Request) bool {
	profile := static.Profile()
	return req.Options.Decode(profile.NewOptions()) == nil && profile.Keeps(req.Options) == providers.KeepsItself
}
