package keyring

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/providerstest"
	"github.com/sesame-auth/sesame/providers/static"
)

const host = "https://registry.example.com"

func TestProviderConforms(t *testing.T) {
	t.Run("keyring", func(t *testing.T) {
		providerstest.Run(t, func(t *testing.T) providerstest.Case {
			p := Provider{ring: new(fakeRing)}
			keep(t, p, host+"/v2/", "ann", "s3cr3t-in-the-keyring")
			return providerstest.Case{
				Provider: p,
				Request:  request(t, host+"/v2/", ""),
				Unknown:  request(t, "https://other.example.com/", "").URL,
				Options:  static.Profile().NewOptions(),
				Single:   true,
				Keeps:    true,
				Secrets:  []string{"s3cr3t-in-the-keyring"},
			}
		})
	})
	t.Run("secret", func(t *testing.T) {
		providerstest.Run(t, func(t *testing.T) providerstest.Case {
			req := request(t, host, "ann")
			req.Options = providers.Options{option("secret", "s3cr3t-in-the-configuration")}
			return providerstest.Case{
				Provider: Provider{ring: new(fakeRing)},
				Request:  req,
				Options:  static.Profile().NewOptions(),
				Single:   true,
			}
		})
	})
}

// What comes back is what the tool handed in, or a person logs in again and again.
func TestTokenIsWhatWasKept(t *testing.T) {
	end := time.Now().Add(time.Hour)
	for _, row := range []struct {
		name  string
		token providers.Token
	}{
		{"a password", *password("ann", "hunter2")},
		{"no username", *password("", "hunter2")},
		{"no value", *password("ann", "")},
		{"neither", *password("", "")},
		{"white space and quotes", *password("an n", " \"pass\\word'\t<&>\u2028 ")},
		{"not ASCII", *password("änn", "пароль 🔑")},
		{"64 KiB", *password("ann", strings.Repeat("x", 64<<10))},
		{"another scheme with an end", providers.Token{Value: providers.NewSecret("t"), Scheme: "Bearer", Expires: end}},
		{"a state of any bytes", providers.Token{Scheme: "Basic", State: providers.NewSecret("\x00\xff\n")}},
	} {
		t.Run(row.name, func(t *testing.T) {
			p := Provider{ring: new(fakeRing)}
			if err := p.Keep(t.Context(), request(t, host, ""), &row.token); err != nil {
				t.Fatal(err)
			}
			got, err := p.Token(t.Context(), request(t, host+"/a", row.token.Username))
			if err != nil {
				t.Fatal(err)
			}
			want := row.token
			if got.Username != want.Username || !got.Value.Equal(want.Value) || got.Scheme != want.Scheme ||
				got.Expires.Unix() != want.Expires.Unix() || !got.State.Equal(want.State) {
				t.Errorf("got %+v %q %q, want %+v", got, got.Value.Reveal(), got.State.Reveal(), want)
			}
		})
	}
}

// JSON would write another password in place of this one, and nobody would notice.
func TestKeepRefusesWhatItCouldNotGiveBack(t *testing.T) {
	for _, row := range []struct {
		name  string
		url   string
		token *providers.Token
	}{
		{"a value that is not UTF-8", host, password("ann", "p\xff")},
		{"a username that is not UTF-8", host, password("a\xff", "p")},
		// Beside each other the halves of a letter would be one.
		{"half a letter in each", host, password("a\xc3", "\xa4")},
		{"a host that no route names", "https://a_b", password("ann", "p")},
	} {
		t.Run(row.name, func(t *testing.T) {
			ring := new(fakeRing)
			err := Provider{ring: ring}.Keep(t.Context(), request(t, row.url, ""), row.token)
			if !errors.Is(err, providers.ErrLoginRequired) || len(ring.items) > 0 {
				t.Errorf("error %v, items %v: want %v and none", err, ring.items, providers.ErrLoginRequired)
			}
		})
	}
}

// A token that is served past its end makes a tool fail, and never ask for another.
func TestTokenIsGoneWhenItHasExpired(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ring := new(fakeRing)
		p := Provider{ring: ring}
		token := password("ann", "hunter2")
		token.Expires = time.Now().Add(10*time.Second + time.Millisecond)
		if err := p.Keep(t.Context(), request(t, host, ""), token); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10*time.Second - time.Nanosecond)
		if got := served(t, p, host, ""); got != "ann:hunter2" {
			t.Errorf("before its end: %q", got)
		}
		time.Sleep(time.Nanosecond)
		if got := served(t, p, host, ""); got != "" {
			t.Errorf("at its end, in whole seconds: %q", got)
		}
		if accounts, err := p.Kept(t.Context(), request(t, host, "")); err != nil || len(accounts) > 0 {
			t.Errorf("Kept = %v, %v", accounts, err)
		}
		keep(t, p, host, "ben", "other")
		if text := ring.items[service+" "+host]; strings.Contains(text, "hunter2") {
			t.Errorf("it is still in the keyring: %s", text)
		}
		token.Expires = time.Unix(0, 1)
		if err := p.Keep(t.Context(), request(t, host, ""), token); err != nil {
			t.Error(err)
		}
		if got := served(t, p, host, "ann"); got != "" {
			t.Errorf("what ended in 1970 is kept: %q", got)
		}
	})
}

// Docker asks for a list of what it logged in to, by the names that it used.
func TestKeptListsTheHostsByTheirNames(t *testing.T) {
	ring := new(fakeRing)
	p := Provider{ring: ring}
	keep(t, p, host, "ann", "1")
	keep(t, p, "http://localhost:5000", "ann", "2")
	keep(t, p, host, "ben", "3")
	keep(t, p, "https://git.example.com/team", "ann", "4") // a tool without a name of its own
	hub := request(t, "https://index.docker.io/v1/", "")
	hub.Name = "https://index.docker.io/v1/"
	if err := p.Keep(t.Context(), hub, password("ann", "5")); err != nil {
		t.Fatal(err)
	}
	keep(t, p, "https://damaged.example.com", "ann", "6")
	ring.items[service+" https://damaged.example.com"] = "damaged"

	got, err := p.Kept(t.Context(), request(t, host, ""))
	want := []providers.Account{
		{Host: "http://localhost:5000", Username: "ann"}, {Host: "https://index.docker.io/v1/", Username: "ann"},
		{Host: "registry.example.com", Username: "ben"}, {Host: "registry.example.com", Username: "ann"},
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("Kept = %v, %v, want %v", got, err, want)
	}
}

// A route with a secret of its own must not hand out, or write over, what another route keeps.
func TestOtherRoutesDoNotMeetTheKeyring(t *testing.T) {
	ring := new(fakeRing)
	p := Provider{ring: ring}
	keep(t, p, host, "ann", "hunter2")
	ring.called("")
	req := request(t, host, "ann")
	for _, options := range []providers.Options{nil, {option("store", "file")}, {option("secret", "t1")}} {
		req.Options = options
		token, err := p.Token(t.Context(), req)
		if err == nil && token.Value.Reveal() != "t1" {
			t.Errorf("%v: Token = %q", options, token.Value.Reveal())
		}
		if err := p.Keep(t.Context(), req, password("ann", "other")); !errors.Is(err, providers.ErrLoginRequired) {
			t.Errorf("%v: Keep: %v", options, err)
		}
		if err := p.Drop(t.Context(), req, providers.Secret{}); !errors.Is(err, providers.ErrLoginRequired) {
			t.Errorf("%v: Drop: %v", options, err)
		}
		if _, err := p.Kept(t.Context(), req); !errors.Is(err, providers.ErrLoginRequired) {
			t.Errorf("%v: Kept: %v", options, err)
		}
	}
	if calls := ring.called(""); len(calls) > 0 {
		t.Errorf("the keyring was asked: %v", calls)
	}
}
