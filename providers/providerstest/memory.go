package providerstest

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/sesame-auth/sesame/providers"
)

// A Memory is a [providers.Keeper] that forgets everything when its process ends, for tests of
// what talks to a Keeper. It has no options. The zero value keeps nothing yet.
//
// A token that is kept for a path serves that path and what is below; of several the one with the
// longest path is the answer, and of these the latest.
type Memory struct {
	mu   sync.Mutex
	kept []keptToken // the latest last
}

type keptToken struct {
	providers.Token
	url  providers.URL
	name string
}

var _ providers.Keeper = (*Memory)(nil)

// Token returns a copy of what was kept; the error is of kind [providers.ErrNotFound] where nothing was.
func (m *Memory) Token(_ context.Context, req providers.Request) (*providers.Token, error) {
	if err := checkOptions(req); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var found *keptToken
	for i := range m.kept {
		k := &m.kept[i]
		if k.meant(req) && below(req.URL.Path, k.url.Path) && (found == nil || len(k.url.Path) >= len(found.url.Path)) {
			found = k
		}
	}
	if found == nil || !found.Expires.IsZero() && !found.Expires.After(time.Now()) {
		return nil, &providers.Error{Kind: providers.ErrNotFound, Message: "nothing is kept for " + req.URL.String()}
	}
	token := found.Token
	return &token, nil
}

// Keep keeps a copy of t.
func (m *Memory) Keep(_ context.Context, req providers.Request, t *providers.Token) error {
	if err := checkOptions(req); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.kept = slices.DeleteFunc(m.kept, func(k keptToken) bool { return k.url == req.URL && k.Username == t.Username })
	m.kept = append(m.kept, keptToken{Token: *t, url: req.URL, name: req.Name})
	return nil
}

// Drop drops tokens.
func (m *Memory) Drop(_ context.Context, req providers.Request, value providers.Secret) error {
	if err := checkOptions(req); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.kept = slices.DeleteFunc(m.kept, func(k keptToken) bool {
		switch {
		case !k.meant(req):
			return false
		case value.IsZero():
			return below(k.url.Path, req.URL.Path)
		}
		return k.Value.Equal(value) && (below(k.url.Path, req.URL.Path) || below(req.URL.Path, k.url.Path))
	})
	return nil
}

// Kept returns the accounts, the latest last. A token for a path that has no name is in none.
func (m *Memory) Kept(_ context.Context, req providers.Request) ([]providers.Account, error) {
	if err := checkOptions(req); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var accounts []providers.Account
	for _, k := range m.kept {
		host := k.name
		if host == "" && below("", k.url.Path) {
			host = k.url.Authority()
		}
		if host != "" {
			accounts = append(accounts, providers.Account{Host: host, Username: k.Username})
		}
	}
	return accounts, nil
}

func checkOptions(req providers.Request) error {
	if err := req.Options.Decode(new(struct{})); err != nil {
		return &providers.Error{Kind: providers.ErrLoginRequired, Message: err.Error()}
	}
	return nil
}

// meant reports whether the token is of the request's host and account.
func (k *keptToken) meant(req providers.Request) bool {
	return k.url.Scheme == req.URL.Scheme && k.url.Host == req.URL.Host && k.url.Port == req.URL.Port &&
		(req.Username == "" || k.Username == req.Username)
}

// below reports whether path is parent, or whole segments below it.
func below(path, parent string) bool {
	rest, ok := strings.CutPrefix(strings.TrimSuffix(path, "/"), strings.TrimSuffix(parent, "/"))
	return ok && (rest == "" || rest[0] == '/')
}
