package providerstest

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/sesame-auth/sesame/providers"
)

// keptAt returns a URL of the suite's own.
func keptAt(path string) providers.URL {
	return providers.URL{Scheme: "https", Host: "kept.example", Path: path}
}

// password returns a token as a person types it.
func password(username, value string) *providers.Token {
	return &providers.Token{Username: username, Value: providers.NewSecret(value), Scheme: providers.Basic}
}

// about returns a request of the case's options for u and an account.
func (p *probe) about(u providers.URL, username string) providers.Request {
	return providers.Request{URL: u, Username: username, Options: clone(p.Request).Options}
}

// keeper returns the provider as a Keeper; nil after it has reported that it is none.
func (p *probe) keeper() providers.Keeper {
	p.Helper()
	keeper, ok := p.Provider.(providers.Keeper)
	if !ok {
		p.Errorf("the case says that the provider keeps tokens, but it is no providers.Keeper: a method is missing")
	}
	return keeper
}

// keep hands in a token under a tool's own name for u, and reports whether it is kept.
func (p *probe) keep(u providers.URL, name string, t *providers.Token) bool {
	p.Helper()
	keeper := p.keeper()
	if keeper == nil {
		return false
	}
	p.addSecrets(t.Value.Reveal(), t.State.Reveal())
	req, before := p.about(u, ""), *t
	req.Name = name
	got, ok := run(p.Context(), p, "Keep", req, func(ctx context.Context, req providers.Request) (bool, error) {
		return true, keeper.Keep(ctx, req, t)
	})
	switch {
	case !ok:
		return false
	case got.err != nil:
		p.Errorf("a token for %s and the account %q is not kept: %s", u, t.Username, p.redact(got.err.Error()))
		return false
	case !sameToken(before, *t):
		p.Errorf("Keep changes the token that it is handed, which belongs to the core. Work on a copy")
	}
	return true
}

// drop drops tokens, and reports whether there was no error.
func (p *probe) drop(u providers.URL, username, value string) bool {
	p.Helper()
	keeper := p.keeper()
	if keeper == nil {
		return false
	}
	got, ok := run(p.Context(), p, "Drop", p.about(u, username), func(ctx context.Context, req providers.Request) (bool, error) {
		return true, keeper.Drop(ctx, req, providers.NewSecret(value))
	})
	if ok && got.err != nil {
		p.Errorf("Drop for %s and the account %q fails: %s", u, username, p.redact(got.err.Error()))
	}
	return ok && got.err == nil
}

// listed returns how often Kept lists an account.
func (p *probe) listed(account providers.Account) (times int) {
	p.Helper()
	keeper := p.keeper()
	if keeper == nil {
		return 0
	}
	got, ok := run(p.Context(), p, "Kept", p.about(providers.URL{}, ""), keeper.Kept)
	if ok && got.err != nil {
		p.Errorf("Kept fails: %s", p.redact(got.err.Error()))
	}
	return len(slices.DeleteFunc(slices.Clone(got.value), func(a providers.Account) bool { return a != account }))
}

// wants asks for the token of an account, which must be the one that was kept.
func (p *probe) wants(u providers.URL, username string, want *providers.Token, when string) {
	p.Helper()
	got, err := p.ask(p.Context(), p.about(u, username))
	switch {
	case err != nil:
		p.Errorf("%s there is no token for %s and the account %q: %s", when, u, username, p.redact(err.Error()))
	case got == nil: // which was reported
	case got.Username != want.Username:
		p.Errorf("%s the token for %s and the account %q is one of %q, want %q", when, u, username, got.Username, want.Username)
	case !got.Value.Equal(want.Value):
		p.Errorf("%s the token for %s and the account %q has another value than the one that was kept", when, u, username)
	case got.Scheme != want.Scheme:
		p.Errorf("%s the token for %s has the scheme %q, want %q", when, u, got.Scheme, want.Scheme)
	case !sameSecond(got.Expires, want.Expires):
		p.Errorf("%s the token for %s expires at %s, want %s, to the second", when, u,
			got.Expires.Format(time.RFC3339Nano), want.Expires.Format(time.RFC3339Nano))
	case !got.State.Equal(want.State):
		p.Errorf("%s the token for %s has another State than the one that was kept: the core keeps a refresh "+
			"token in it", when, u)
	}
}

// wantsNothing asks for a token that must not be there.
func (p *probe) wantsNothing(u providers.URL, username, when string) {
	p.Helper()
	if _, err := p.ask(p.Context(), p.about(u, username)); !errors.Is(err, providers.ErrNotFound) {
		text := "a token"
		if err != nil {
			text = "the error " + p.redact(err.Error())
		}
		p.Errorf("%s the answer for %s and the account %q is %s: want ErrNotFound", when, u, username, text)
	}
}

func sameToken(a, b providers.Token) bool {
	return a.Username == b.Username && a.Value.Equal(b.Value) && a.Scheme == b.Scheme &&
		a.Issued.Equal(b.Issued) && a.Expires.Equal(b.Expires) && a.State.Equal(b.State)
}

func sameSecond(a, b time.Time) bool {
	return a.IsZero() == b.IsZero() && a.Sub(b).Abs() < time.Second
}
