//go:build unix

package host

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"

	"github.com/sesame-auth/sesame/plugins/internal/wire"
	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/providerstest"
)

// A route to a Keeper must not care whether it is asked in process or through a plugin.
func TestKeeperConformsThroughItsProcess(t *testing.T) {
	providerstest.Run(t, func(t *testing.T) providerstest.Case {
		p := newWorld(t, "/memory").open()
		kept := &providers.Token{Username: "ann", Value: providers.NewSecret("swordfish"), Scheme: providers.Basic}
		if err := p.Keep(t.Context(), request(""), kept); err != nil {
			t.Fatal(err)
		}
		return providerstest.Case{
			Provider: p, Request: request(""), Unknown: providers.URL{Scheme: "https", Host: "other.example"},
			Single: true, Keeps: true, LogsIn: true, Secrets: []string{"swordfish"},
		}
	})
}

// A call is one of the optional ones.
type call struct {
	name string
	lack error // what says that the provider does not have it
	make func(ctx context.Context, p *Provider, req providers.Request) error
}

// calls uses the request's previous token for whatever is handed in.
func calls() []call {
	return []call{
		{"Keep", ErrNotKeeper, func(ctx context.Context, p *Provider, req providers.Request) error {
			handed := req.Previous
			req.Previous = nil
			return p.Keep(ctx, req, handed)
		}},
		{"Drop", ErrNotKeeper, func(ctx context.Context, p *Provider, req providers.Request) error {
			value := req.Previous.Value
			req.Previous = nil
			return p.Drop(ctx, req, value)
		}},
		{"Kept", ErrNotKeeper, func(ctx context.Context, p *Provider, req providers.Request) error {
			_, err := p.Kept(ctx, req)
			return err
		}},
		{"Login", ErrNoLogin, func(ctx context.Context, p *Provider, req providers.Request) error {
			_, err := p.Login(ctx, req, func(providers.Step) {})
			return err
		}},
		{"Logout", ErrNoLogin, func(ctx context.Context, p *Provider, req providers.Request) error { return p.Logout(ctx, req) }},
	}
}

// The person must be told what to change; the program must not take it for a failure to try again.
func TestPluginThatCannotKeepOrLogInSaysSo(t *testing.T) {
	for _, behaviour := range []string{"/plain", "/before"} {
		t.Run(behaviour[1:], func(t *testing.T) {
			w := newWorld(t, behaviour)
			w.limits.stop = 10 * time.Millisecond // one of them does not know how to end
			p := w.open()
			req, _, _ := secrets("/token")
			for _, c := range calls() {
				err := c.make(t.Context(), p, req)
				e, ok := errors.AsType[*providers.Error](err)
				if !ok || e.Kind != providers.ErrLoginRequired || !errors.Is(err, c.lack) || !errors.Is(err, providers.ErrLoginRequired) {
					t.Fatalf("%s: error %#v, want a providers.Error of kind ErrLoginRequired that matches %v", c.name, err, c.lack)
				}
				if want := "plugin acme: " + w.plugin.Path + ": " + c.lack.Error(); err.Error() != want || e.Message != want {
					t.Errorf("%s: error %q and %q, want %q", c.name, err, e.Message, want)
				}
				if errors.Is(err, ErrNotKeeper) && errors.Is(err, ErrNoLogin) {
					t.Errorf("%s: the error matches both", c.name)
				}
			}
		})
	}
}

// A provider that fails is one that has the call.
func TestFailureIsNoLack(t *testing.T) {
	p := newWorld(t, "/good").open()
	req, _, _ := secrets("/error")
	for _, c := range calls() {
		if c.name == "Login" {
			req.URL.Path = "/said"
		}
		err := c.make(t.Context(), p, req)
		if err == nil || errors.Is(err, ErrNotKeeper) || errors.Is(err, ErrNoLogin) {
			t.Errorf("%s: error %v", c.name, err)
		}
		req.URL.Path = "/error"
	}
}

// A keyring that waits for a person must not make git wait for ever.
func TestOptionalCallsEndWithTheirContext(t *testing.T) {
	w := newWorld(t, "/good")
	p := w.open()
	for _, c := range calls() {
		req, _, _ := secrets("/hang")
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		err := c.make(ctx, p, req)
		cancel()
		want := "it did not answer in time: context deadline exceeded"
		if c.name == "Login" {
			want = "the login was not finished: context deadline exceeded"
		}
		if e := w.check(err); !strings.Contains(e.Message, want) {
			t.Errorf("%s: error %q, want %q", c.name, e.Message, want)
		}
	}
	if got := w.ask(p, request("/token")); got == "" {
		t.Error("no answer to the call after")
	}
	p.Close()
	w.nothingLeft(1)
}

// What was handed in is what a crashed plugin has in hand, and prints.
func TestCrashShowsNothingOfWhatWasHandedIn(t *testing.T) {
	for _, c := range calls() {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, "/good")
			req, env, spellings := secrets("/crash")
			w.plugin.Env = append(w.plugin.Env, env)
			req.Username = w.plugin.Path // a file that is there
			p := w.open()
			e := w.check(c.make(t.Context(), p, req))
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
			w.nothingLeft(1)
		})
	}
}

// A Keeper that says what it could not keep must not say the password.
func TestErrorsShowNothingOfWhatWasHandedIn(t *testing.T) {
	p := newWorld(t, "/good").open()
	for _, c := range calls()[:2] {
		req, _, _ := secrets("/error")
		e, ok := errors.AsType[*providers.Error](c.make(t.Context(), p, req))
		want := providers.Error{
			Kind: providers.ErrLoginRequired, Message: `it is \x1b[31mred\x1b[0m [secret]`,
			Repair: "acme login", RetryAfter: 90 * time.Second,
		}
		if !ok || *e != want {
			t.Errorf("%s: error %#v, want %#v", c.name, e, want)
		}
	}
}

// The list goes to a terminal, or into a line of a tool's protocol.
func TestKeptRefusesControlCharacters(t *testing.T) {
	w := newWorld(t, "/good")
	p := w.open()
	req := request("/token")
	req.Username = `jürgen "鍵"`
	accounts, err := p.Kept(t.Context(), req)
	if want := []providers.Account{{Host: "acme.example", Username: req.Username}}; err != nil || !reflect.DeepEqual(accounts, want) {
		t.Errorf("Kept = %v, %v; want %v", accounts, err, want)
	}
	for _, username := range []string{"a\nb", "a\x1b[2J", "a\x00", "a\u009b"} {
		req.Username = username
		accounts, err := p.Kept(t.Context(), req)
		if e := w.check(err); accounts != nil || !strings.Contains(e.Message, "control character") || strings.Contains(e.Message, username) {
			t.Errorf("Kept = %v, %v", accounts, err)
		}
	}
}

// The plugin counts a call's time too, and says that it is over before this process thinks so: it is the same to a person.
func TestTimeIsOverForWhoeverSaysSoFirst(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	late := &wire.CallError{Code: codes.DeadlineExceeded}
	for _, row := range []struct {
		name string
		ctx  context.Context
		err  error
		want error
	}{
		{"this process", ended, errors.New("gone"), context.Canceled},
		{"the plugin", t.Context(), late, context.DeadlineExceeded},
		{"nobody", t.Context(), &wire.CallError{Code: codes.Unavailable}, nil},
	} {
		if got := overdue(row.ctx, row.err); got != row.want {
			t.Errorf("%s: got %v, want %v", row.name, got, row.want)
		}
	}
	w := newWorld(t, "/good")
	p := w.open()
	if e := w.check(p.loginFailure(t.Context(), late)); !strings.Contains(e.Message, "the login was not finished: context deadline exceeded") {
		t.Errorf("of a login: %q", e.Message)
	}
}
