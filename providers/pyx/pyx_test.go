package pyx

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/internal/jwt"
	"github.com/sesame-auth/sesame/providers/providerstest"
	"github.com/sesame-auth/sesame/providers/pyx/profile"
	"github.com/sesame-auth/sesame/providers/pyx/pyxtest"
)

// start begins a server, and an environment that has it as the API and nothing
// else that the provider reads.
func start(t *testing.T, config pyxtest.Config) (server *pyxtest.Server, root string) {
	t.Helper()
	server = pyxtest.New(config)
	t.Cleanup(server.Close)
	for _, name := range profile.Profile().Variables(providers.URL{}, nil) {
		t.Setenv(name, "")
	}
	root = t.TempDir()
	t.Setenv("PYX_API_URL", server.URL)
	t.Setenv("PYX_CREDENTIALS_DIR", root)
	return server, root
}

// loggedIn is start with a login whose access token has left to live.
func loggedIn(t *testing.T, config pyxtest.Config, left time.Duration) (server *pyxtest.Server, file string) {
	t.Helper()
	server, root := start(t, config)
	file, err := server.LoginWithLeft(root, left)
	if err != nil {
		t.Fatal(err)
	}
	return server, file
}

// withKey is start with an API key in the environment.
func withKey(t *testing.T, config pyxtest.Config) (server *pyxtest.Server, file string) {
	t.Helper()
	config.Keys = []string{"sk-pyx-test"}
	server, root := start(t, config)
	t.Setenv("PYX_API_KEY", "sk-pyx-test")
	return server, filepath.Join(root, profile.Digest(server.URL+"/"), "7d547ab2e8ca1a67.json")
}

// request asks for a file of the server.
func request(t *testing.T, server *pyxtest.Server) providers.Request {
	t.Helper()
	u, err := providers.ParseURL(server.URL + "/simple/a.whl")
	if err != nil {
		t.Fatal(err)
	}
	return providers.Request{URL: u}
}

// due asks for a token that is good for longer than any of the server's.
func due(t *testing.T, server *pyxtest.Server) providers.Request {
	req := request(t, server)
	req.GoodUntil = time.Now().Add(24 * time.Hour)
	return req
}

func kept(t *testing.T, file string) tokens {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var kept tokens
	if err := json.Unmarshal(text, &kept); err != nil {
		t.Fatal(err)
	}
	return kept
}

// wantError checks the kind, and that the text mentions all of the words.
func wantError(t *testing.T, err, kind error, mention ...string) *providers.Error {
	t.Helper()
	e, ok := errors.AsType[*providers.Error](err)
	if !ok || !errors.Is(err, kind) {
		t.Fatalf("error %v, want one of the kind %q", err, kind)
	}
	for _, want := range mention {
		if !strings.Contains(e.Message, want) {
			t.Errorf("error %q does not mention %q", e.Message, want)
		}
	}
	return e
}

func TestProviderConforms(t *testing.T) {
	elsewhere := providers.URL{Scheme: "https", Host: "pypi.org"}
	t.Run("login", func(t *testing.T) {
		providerstest.Run(t, func(t *testing.T) providerstest.Case {
			server, file := loggedIn(t, pyxtest.Config{}, time.Hour)
			tokens := kept(t, file)
			return providerstest.Case{
				Provider: Provider{},
				Request:  request(t, server),
				Unknown:  elsewhere,
				Options:  new(profile.Options),
				Hang:     func() { server.FailAlways(pyxtest.Fault{StallHeaders: true}) },
				Secrets:  []string{tokens.Access, tokens.Refresh},
				LogsIn:   true,
			}
		})
	})
	t.Run("key", func(t *testing.T) {
		providerstest.Run(t, func(t *testing.T) providerstest.Case {
			server, _ := withKey(t, pyxtest.Config{})
			return providerstest.Case{
				Provider: Provider{},
				Request:  request(t, server),
				Unknown:  elsewhere,
				Hang:     func() { server.FailAlways(pyxtest.Fault{StallBody: true}) },
				Secrets:  []string{"sk-pyx-test"},
				LogsIn:   true,
			}
		})
	})
	t.Run("token", func(t *testing.T) {
		providerstest.Run(t, func(t *testing.T) providerstest.Case {
			server, _ := start(t, pyxtest.Config{})
			t.Setenv("PYX_AUTH_TOKEN", server.AccessToken(time.Hour))
			return providerstest.Case{
				Provider: Provider{}, Request: request(t, server), Unknown: elsewhere, Single: true, LogsIn: true,
			}
		})
	})
}

// The strict test comes before anything that could cost a request or a token.
func TestTokenHasNothingForWhatIsNotPyx(t *testing.T) {
	server, file := loggedIn(t, pyxtest.Config{}, -time.Minute)
	before := kept(t, file)
	port := strings.TrimPrefix(server.URL, "http://127.0.0.1:")
	tests := []struct{ name, url, username string }{
		{"another server", "https://pypi.org/", ""},
		{"the API of the default environment", "https://api.pyx.dev/", ""},
		{"the API by another name", "http://localhost:" + port + "/", ""},
		{"the API by https", "https://127.0.0.1:" + port + "/", ""},
		{"a username", server.URL, "ann"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			u, err := providers.ParseURL(test.url)
			if err != nil {
				t.Fatal(err)
			}
			_, err = Provider{}.Token(t.Context(), providers.Request{URL: u, Username: test.username})
			wantError(t, err, providers.ErrNotFound, u.String())
		})
	}
	if server.Counts().Requests != 0 || kept(t, file) != before {
		t.Error("the login was used")
	}
}

// The defaults in the place of settings that are wrong would be another server.
func TestTokenRefusesAnEnvironmentThatIsWrong(t *testing.T) {
	server, _ := start(t, pyxtest.Config{})
	tests := []struct{ variable, value string }{
		{"PYX_API_URL", "http://api.pyx.dev"},
		{"PYX_CDN_DOMAIN", "com"},
		{"PYX_CREDENTIALS_DIR", "relative"},
	}
	for _, test := range tests {
		t.Run(test.variable, func(t *testing.T) {
			t.Setenv(test.variable, test.value)
			_, err := Provider{}.Token(t.Context(), request(t, server))
			wantError(t, err, providers.ErrLoginRequired, test.variable)
		})
	}
}

func TestInHandGoesByTheDemand(t *testing.T) {
	server, _ := start(t, pyxtest.Config{})
	access := server.AccessToken(time.Hour)
	_, expires := jwt.Times(access)
	tests := []struct {
		name           string
		access         string
		now, goodUntil time.Time
		previous       string
		want           bool
	}{
		{"no demand", access, expires.Add(-1), time.Time{}, "", true},
		{"expired", access, expires, time.Time{}, "", false},
		{"good to the very end", access, expires.Add(-time.Minute), expires, "", true},
		{"demand beyond the end", access, expires.Add(-time.Minute), expires.Add(1), "", false},
		{"previous is another", access, expires.Add(-time.Minute), expires, "another", true},
		{"previous is the same", access, expires.Add(-time.Minute), expires, access, false},
		{"no expiry", "opaque", expires, time.Time{}, "", false},
		{"empty", "", expires, time.Time{}, "", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := source{req: providers.Request{GoodUntil: test.goodUntil}}
			if test.previous != "" {
				s.req.Previous = &providers.Token{Value: providers.NewSecret(test.previous)}
			}
			if got := s.inHand(test.access, test.now) != nil; got != test.want {
				t.Errorf("in hand: %v, want %v", got, test.want)
			}
		})
	}
}
