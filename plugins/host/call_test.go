//go:build unix

package host

import (
	"context"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/providers"
)

// The whole way, and the socket's name is gone while the plugin is still asked: a host that is
// killed leaves none behind.
func TestPluginAnswersAndLeavesNothing(t *testing.T) {
	w := newWorld(t, "/good")
	p := w.open()
	w.noSocket()
	for range 2 {
		if got := w.ask(p, request("/token")); got != "value of acme.example" {
			t.Errorf("the token is %q", got)
		}
	}
	p.Close()
	p.Close()
	w.nothingLeft(1)
	if _, err := p.Token(t.Context(), request("/token")); !errors.Is(err, providers.ErrUnavailable) {
		t.Errorf("after Close: error %v", err)
	}
}

func TestTokenEndsWithItsContext(t *testing.T) {
	w := newWorld(t, "/good")
	p := w.open()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err := p.Token(ctx, request("/hang"))
	if e := w.check(err); !strings.Contains(e.Message, "it did not answer in time: context deadline exceeded") {
		t.Errorf("error %q", e.Message)
	}
	wantDoubt(t, err, true)
	if got := w.ask(p, request("/token")); got == "" {
		t.Error("no answer to the call after")
	}
	p.Close()
	w.nothingLeft(1)
}

// wantDoubt checks whether the error says that what the plugin had sent may have had its effect.
func wantDoubt(t *testing.T, err error, want bool) {
	t.Helper()
	e, ok := errors.AsType[interface {
		error
		InDoubt() bool
	}](err)
	if got := ok && e.InDoubt(); got != want {
		t.Errorf("error %v: in doubt is %v, want %v", err, got, want)
	}
}

// secrets returns a request full of secrets, and all the spellings that must not be seen.
func secrets(path string) (req providers.Request, env string, spellings []string) {
	req = request(path)
	req.Previous = &providers.Token{
		Value: providers.NewSecret("previous+value/1"), State: providers.NewSecret("refresh-token-1"),
	}
	req.Options = providers.Options{{Name: "secret", Kind: providers.StringOption, Values: []string{"option-secret-1"}}}
	spellings = []string{
		"previous+value/1", "refresh-token-1", "option-secret-1", "environment-secret-1",
		base64.RawStdEncoding.EncodeToString([]byte("previous+value/1")),
	}
	return req, "ACME_TOKEN=environment-secret-1", spellings
}

// The end of a crashed plugin's stderr is what tells why, and the place where it
// prints what it has in hand.
func TestCrashShowsTheEndOfStderrWithoutSecrets(t *testing.T) {
	w := newWorld(t, "/good")
	req, env, spellings := secrets("/crash")
	w.plugin.Env = append(w.plugin.Env, env)
	p := w.open()
	_, err := p.Token(t.Context(), req)
	e := w.check(err)
	wantDoubt(t, err, true)
	for _, want := range []string{"it ended instead of answering (exit status 4)", "fatal: out of cheese", "[secret]"} {
		if !strings.Contains(e.Message, want) {
			t.Errorf("error %q: want %q", e.Message, want)
		}
	}
	p.Close()
	for _, text := range []string{e.Message, w.log.String()} {
		for _, spelling := range append(spellings, "\x1b") {
			if strings.Contains(text, spelling) {
				t.Errorf("%q is in\n%s", spelling, text)
			}
		}
	}
	if !strings.Contains(w.log.String(), "[WARN]  sending token=[secret]") {
		t.Errorf("the log lost the level or the line:\n%s", w.log)
	}
	w.nothingLeft(1)
}

// Nothing of go-plugin may be needed but the handshake: the guide for other languages says so.
func TestPluginWithoutGoPluginAnswers(t *testing.T) {
	w := newWorld(t, "/foreign")
	w.limits.stop = 10 * time.Millisecond // it does not know how to end
	p := w.open()
	if got := w.ask(p, request("/token")); got != "value of acme.example" {
		t.Errorf("the token is %q", got)
	}
	_, err := p.Token(t.Context(), request("/nothing"))
	if !errors.Is(err, providers.ErrNotFound) {
		t.Errorf("error %v, want one of kind ErrNotFound", err)
	}
	wantDoubt(t, err, false) // it answered
	p.Close()
	w.nothingLeft(1)
}

func TestPanicIsAnErrorOfOneCall(t *testing.T) {
	w := newWorld(t, "/good")
	p := w.open()
	req, _, spellings := secrets("/panic")
	_, err := p.Token(t.Context(), req)
	if err == nil || !errors.Is(err, providers.ErrUnavailable) || !strings.Contains(err.Error(), "panicked") {
		t.Errorf("error %v", err)
	}
	if got := w.ask(p, request("/token")); got == "" {
		t.Error("no answer to the call after")
	}
	p.Close()
	if !strings.Contains(w.log.String(), "plugins_test.go:") {
		t.Errorf("the log does not say where:\n%s", w.log)
	}
	for _, spelling := range spellings {
		if strings.Contains(w.log.String(), spelling) {
			t.Errorf("%q is in\n%s", spelling, w.log)
		}
	}
}

// What the provider says passes the boundary; what would drive a terminal, or is a
// secret, does not.
func TestProvidersErrorPassesTheBoundary(t *testing.T) {
	w := newWorld(t, "/good")
	p := w.open()
	req, _, _ := secrets("/error")
	_, err := p.Token(t.Context(), req)
	e, ok := errors.AsType[*providers.Error](err)
	want := providers.Error{
		Kind: providers.ErrLoginRequired, Message: `it is \x1b[31mred\x1b[0m [secret]`,
		Repair: "acme login", RetryAfter: 90 * time.Second,
	}
	if !ok || *e != want {
		t.Errorf("error %#v, want %#v", e, want)
	}
	if _, err := p.Token(t.Context(), request("/nothing")); !errors.Is(err, providers.ErrNotFound) {
		t.Errorf("error %v, want one of kind ErrNotFound", err)
	}
}

// A plugin that writes more than a pipe holds must not block, nor fill the host's memory.
func TestFloodsDoNotBlock(t *testing.T) {
	w := newWorld(t, "/good")
	w.plugin.Log = nil
	p := w.open()
	for _, path := range []string{"/flood", "/stdout"} {
		w.ask(p, request(path))
	}
	p.Close()
	if tail := p.process.journal.tail(); len(tail) > maxTail || !strings.Contains(tail, "(a line of more than 65536 bytes)") {
		t.Errorf("the tail is %q", tail)
	}
	w.nothingLeft(1)
}

func TestAnswerOverTheLimitIsRefused(t *testing.T) {
	w := newWorld(t, "/good")
	p := w.open()
	_, err := p.Token(t.Context(), request("/large"))
	if e := w.check(err); !strings.Contains(e.Message, "ResourceExhausted") {
		t.Errorf("error %q", e.Message)
	}
}
