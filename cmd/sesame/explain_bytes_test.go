package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/cmd/internal/front"
	"github.com/sesame-auth/sesame/core"
	"github.com/sesame-auth/sesame/core/filestore"
	"github.com/sesame-auth/sesame/core/routes"
	"github.com/sesame-auth/sesame/protocols"
	"github.com/sesame-auth/sesame/providers"
)

// one is a provider that has one token.
type one struct{ token providers.Token }

func (p one) Token(context.Context, providers.Request) (*providers.Token, error) {
	token := p.token
	return &token, nil
}

const rehearsed = "https://reg.test:5000/team"

// newRehearsed is a dispatcher with one route, to a provider of the token. One that is handed in is kept.
func newRehearsed(t *testing.T, token providers.Token, kept bool) *core.Dispatcher {
	t.Helper()
	pattern, err := routes.ParsePattern("https://reg.test:5000")
	if err != nil {
		t.Fatal(err)
	}
	table, err := routes.Open(routes.Compile(routes.Config{Routes: []routes.Route{{Pattern: pattern, Provider: "one"}}}))
	if err != nil {
		t.Fatal(err)
	}
	profile := providers.Profile{Name: "one", New: func() providers.Provider { return one{token} }}
	if kept {
		profile.Keeps = func(providers.Options) providers.Keeping { return providers.KeepsInStore }
	}
	d := &core.Dispatcher{
		Store:  &filestore.Store{Dir: t.TempDir() + "/state"},
		Finder: core.Finder{Routes: table, Profiles: []providers.Profile{profile}, Getenv: os.Getenv},
	}
	if kept {
		u, _ := providers.ParseURL("https://reg.test:5000")
		if err := d.Keep(t.Context(), u, "", &token); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

// live answers a protocol as the dispatcher itself does.
type live struct {
	protocols.Tokens
	d *core.Dispatcher
}

func (l live) Token(ctx context.Context, u providers.URL, username string) (protocols.Answer, error) {
	answer, err := l.d.Token(ctx, u, username)
	return front.AnswerOf(answer), err
}

// People paste what explain shows into reports: a secret must not be in it in any spelling, and all else must be what
// the tool gets.
func TestRehearsalIsTheAnswerWithoutItsSecrets(t *testing.T) {
	odd := "hush \"quoted\\ <&> :ü\u2028="
	for _, row := range []struct {
		name  string
		token providers.Token
		kept  bool
	}{
		{"a bare token", providers.Token{Value: providers.NewSecret("hush.token-1"), Scheme: providers.Bearer, Expires: time.Now().Add(time.Hour)}, false},
		{"a password", providers.Token{Username: "ci", Value: providers.NewSecret(odd), Scheme: providers.Basic}, false},
		{"a password without a name", providers.Token{Value: providers.NewSecret("hush"), Scheme: "basic"}, false},
		{"a password that is the name", providers.Token{Username: "hush", Value: providers.NewSecret("hush"), Scheme: providers.Basic}, false},
		{"one that was handed in", providers.Token{Username: "ci", Value: providers.NewSecret(odd), Scheme: providers.Basic,
			State: providers.NewSecret("hush-refresh")}, true},
		{"a bare one that was handed in", providers.Token{Value: providers.NewSecret("hush-bare"), Scheme: providers.Bearer, State: providers.NewSecret("hush-refresh")}, true},
	} {
		for protocol := range rehearsals {
			t.Run(row.name+" for "+protocol, func(t *testing.T) {
				d := newRehearsed(t, row.token, row.kept)
				u, err := providers.ParseURL(rehearsed)
				if err != nil {
					t.Fatal(err)
				}
				r := rehearse(t.Context(), d, asked{url: u}, protocol)
				if r.ExitCode != 0 || r.Stderr != "" || r.Unknown != "" || r.Stdout == "" {
					t.Fatalf("got %+v", r)
				}
				var real bytes.Buffer
				if err := rehearsals[protocol].serve(t.Context(), "get", strings.NewReader(r.Stdin), &real, live{d: d}); err != nil {
					t.Fatal(err)
				}
				if want := redact(real.String(), row.token); r.Stdout != want {
					t.Errorf("shown\n%s\nwant\n%s", r.Stdout, want)
				}
			})
		}
	}
}

// redact replaces each spelling of the secrets that a protocol has.
func redact(out string, t providers.Token) string {
	value, name := t.Value.Reveal(), "[secret "+core.Fingerprint(t.Value)[:8]+"]"
	if strings.EqualFold(t.Scheme, providers.Basic) {
		name = "[secret]"
	}
	username := t.Username
	if username == "" {
		username = providers.DefaultUsername
	}
	out = strings.ReplaceAll(out, base64.StdEncoding.EncodeToString([]byte(username+":"+value)), "[base64 of "+username+":"+name+"]")
	// The secret of docker's, git's and Bazel's answers, and not a name that is the same.
	for _, mark := range []string{`"Secret":"`, "password=", "credential=", "Bearer "} {
		out = strings.ReplaceAll(out, mark+value, mark+name)
	}
	out = strings.ReplaceAll(out, `"Secret":`+quoted(value), `"Secret":"`+name+`"`)
	return strings.ReplaceAll(out, "oauth_refresh_token=hush-refresh", "oauth_refresh_token=[refresh token]")
}

// quoted is a JSON string without the escapes that only browsers need.
func quoted(text string) string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text)
	return strings.ReplaceAll(strings.TrimSuffix(b.String(), "\n"), `\u2028`, "\u2028")
}

// A token that a protocol cannot carry is shown as the tool gets it: as a failure.
func TestRehearsalOfATokenThatIsTooLong(t *testing.T) {
	d := newRehearsed(t, providers.Token{Value: providers.NewSecret(strings.Repeat("hush", 16000)), Scheme: providers.Bearer}, false)
	u, _ := providers.ParseURL(rehearsed)
	r := rehearse(t.Context(), d, asked{url: u}, "bazel")
	if r.ExitCode != 1 || r.Stdout != "" || !strings.Contains(r.Stderr, "the token is too long for bazel") || strings.Contains(r.Stderr, "hush") {
		t.Errorf("got %+v", r)
	}
}

// A front that asks for docker over http does so with the scheme, but on this machine.
func TestRehearsedRequestsAreThoseOfTheTools(t *testing.T) {
	for url, want := range map[string]string{
		"https://reg.test:5000": "reg.test:5000", "http://localhost:5000/v2": "localhost:5000/v2", "http://reg.test": "http://reg.test",
	} {
		u, _ := providers.ParseURL(url)
		if got := dockerRequest(asked{url: u}); got != want {
			t.Errorf("docker, %s: got %q, want %q", url, got, want)
		}
	}
	u, _ := providers.ParseURL("https://git.test/org/repo.git")
	if got, want := gitRequest(asked{url: u}), "capability[]=authtype\ncapability[]=state\nprotocol=https\nhost=git.test\npath=org/repo.git\n\n"; got != want {
		t.Errorf("git: got %q, want %q", got, want)
	}
}
