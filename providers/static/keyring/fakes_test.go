package keyring

import (
	"slices"
	"strings"
	"sync"
	"testing"

	system "github.com/zalando/go-keyring"

	"github.com/sesame-auth/sesame/providers"
)

// A fakeRing is a keyring in memory.
type fakeRing struct {
	mu    sync.Mutex
	items map[string]string
	calls []string // "get NAME", "set NAME", "delete NAME"
	// before is called before each call, "ready" too; its error is the call's.
	before func(call string) error
}

func (r *fakeRing) enter(call string) error {
	if r.before != nil {
		if err := r.before(call); err != nil {
			return err
		}
	}
	if call != "ready" {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.calls = append(r.calls, call)
	}
	return nil
}

func (r *fakeRing) Ready() error { return r.enter("ready") }

func (r *fakeRing) Get(service, name string) (string, error) {
	if err := r.enter("get " + name); err != nil {
		return "", err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	text, ok := r.items[service+" "+name]
	if !ok {
		return "", system.ErrNotFound
	}
	return text, nil
}

func (r *fakeRing) Set(service, name, text string) error {
	if err := r.enter("set " + name); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.items == nil {
		r.items = make(map[string]string)
	}
	r.items[service+" "+name] = text
	return nil
}

func (r *fakeRing) Delete(service, name string) error {
	if err := r.enter("delete " + name); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := r.items[service+" "+name]; !ok {
		return system.ErrNotFound
	}
	delete(r.items, service+" "+name)
	return nil
}

// called returns the calls since the last time that begin with one of the prefixes.
func (r *fakeRing) called(prefixes ...string) (calls []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, call := range r.calls {
		if slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(call, prefix) }) {
			calls = append(calls, call)
		}
	}
	r.calls = nil
	return calls
}

func option(name, value string) providers.Option {
	return providers.Option{Name: name, Kind: providers.StringOption, Values: []string{value}}
}

// request returns a request of a route with store = "keyring".
func request(t testing.TB, url, username string) providers.Request {
	t.Helper()
	u, err := providers.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	return providers.Request{URL: u, Username: username, Options: providers.Options{option("store", "keyring")}}
}

func password(username, value string) *providers.Token {
	return &providers.Token{Username: username, Value: providers.NewSecret(value), Scheme: providers.Basic}
}

// keep keeps a password, and fails the test where that fails.
func keep(t testing.TB, p Provider, url, username, value string) {
	t.Helper()
	if err := p.Keep(t.Context(), request(t, url, ""), password(username, value)); err != nil {
		t.Fatal(err)
	}
}

// served returns what Token answers, as username:value; "" where there is nothing.
func served(t testing.TB, p Provider, url, username string) string {
	t.Helper()
	token, err := p.Token(t.Context(), request(t, url, username))
	if err != nil {
		if e := err.(*providers.Error); e.Kind != providers.ErrNotFound {
			t.Fatal(err)
		}
		return ""
	}
	return token.Username + ":" + token.Value.Reveal()
}
