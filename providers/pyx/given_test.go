package pyx

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/internal/jwt"
	"github.com/sesame-auth/sesame/providers/pyx/profile"
	"github.com/sesame-auth/sesame/providers/pyx/pyxtest"
)

// A token in the environment is for machines without a disk or a network.
func TestTokenInTheEnvironmentIsReturnedAsItIs(t *testing.T) {
	server, _ := start(t, pyxtest.Config{})
	access := server.AccessToken(time.Hour)
	issued, expires := jwt.Times(access)
	tests := []struct {
		name, variable, value string
		issued, expires       time.Time
	}{
		{"JWT", "PYX_AUTH_TOKEN", access, issued, expires},
		{"older variable", "UV_AUTH_TOKEN", access, issued, expires},
		{"no JWT", "PYX_AUTH_TOKEN", "opaque", time.Time{}, time.Time{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv(test.variable, test.value)
			t.Setenv("PYX_API_KEY", "sk-pyx-test")
			got, err := Provider{}.Token(t.Context(), due(t, server))
			if err != nil {
				t.Fatal(err)
			}
			if got.Value.Reveal() != test.value || got.Scheme != providers.Bearer ||
				!got.Issued.Equal(test.issued) || !got.Expires.Equal(test.expires) {
				t.Errorf("got %s issued %v expires %v, want issued %v expires %v",
					got.Scheme, got.Issued, got.Expires, test.issued, test.expires)
			}
		})
	}
	if got := server.Counts().Requests; got != 0 {
		t.Errorf("%d requests, want none", got)
	}
}

func TestTokenInTheEnvironmentIsRefusedIfItIsNoGood(t *testing.T) {
	server, _ := start(t, pyxtest.Config{})
	tests := []struct{ name, value, mention string }{
		{"expired", server.AccessToken(-time.Hour), "PYX_AUTH_TOKEN expired at"},
		{"two lines", "secret\nX-Evil: 1", "PYX_AUTH_TOKEN has characters"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv("PYX_AUTH_TOKEN", test.value)
			_, err := Provider{}.Token(t.Context(), request(t, server))
			e := wantError(t, err, providers.ErrLoginRequired, test.mention)
			if want := "unset PYX_AUTH_TOKEN && sesame login " + server.URL; e.Repair != want {
				t.Errorf("repair %q, want %q", e.Repair, want)
			}
		})
	}
}

// Uv ignores a login in silence as long as the environment has something else. Whose token a
// front then serves must not depend on who has logged in.
func TestLoginSaysThatTheEnvironmentWins(t *testing.T) {
	tests := []struct {
		name, variable, value, want string
		fails                       string
	}{
		{"key", "PYX_API_KEY", "sk-pyx-test", "PYX_API_KEY", ""},
		{"older key", "UV_API_KEY", "sk-pyx-test", "UV_API_KEY", ""},
		{"token", "PYX_AUTH_TOKEN", "opaque", "PYX_AUTH_TOKEN", ""},
		{"key that is refused", "PYX_API_KEY", "sk-pyx-wrong", "PYX_API_KEY", "the login is kept, but not used: the key in PYX_API_KEY is not accepted"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server, root := start(t, pyxtest.Config{Keys: []string{"sk-pyx-test"}})
			t.Setenv(test.variable, test.value)
			var said []string
			token, err := Provider{}.Login(t.Context(), request(t, server), browser(t, server, &said))
			if len(said) != 2 || !strings.HasPrefix(said[0], "warning: ") || !strings.HasSuffix(said[0], "type: unset "+test.want) {
				t.Errorf("said %q, want a warning that names %s", said, test.want)
			}
			login := kept(t, filepath.Join(root, profile.Digest(server.URL+"/"), "tokens.json"))
			if test.fails != "" {
				e := wantError(t, err, providers.ErrLoginRequired, test.fails)
				if e.Repair != "unset "+test.want {
					t.Errorf("repair %q", e.Repair)
				}
				return
			}
			if err != nil || token.Value.Reveal() == login.Access {
				t.Errorf("error %v, want the token that the environment is good for, not the login's", err)
			}
		})
	}
}
