package pyx

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/internal/jwt"
	"github.com/sesame-auth/sesame/providers/pyx/profile"
	"github.com/sesame-auth/sesame/providers/pyx/pyxtest"
)

// browser confirms every page at once; said are the messages.
func browser(t *testing.T, server *pyxtest.Server, said *[]string) func(providers.Step) {
	return func(step providers.Step) {
		*said = append(*said, step.Message)
		if step.Open != "" {
			if err := server.Confirm(step.Open); err != nil {
				t.Error(err)
			}
		}
	}
}

// From nobody to nobody, over a real connection: what uv's login does, uv finds, and uv's logout
// undoes.
func TestLoginAndLogoutAreThoseOfUv(t *testing.T) {
	server, root := start(t, pyxtest.Config{})
	file := filepath.Join(root, profile.Digest(server.URL+"/"), "tokens.json")
	var said []string
	token, err := Provider{}.Login(t.Context(), request(t, server), browser(t, server, &said))
	if err != nil {
		t.Fatal(err)
	}
	tokens := kept(t, file)
	issued, expires := jwt.Times(tokens.Access)
	if token.Value.Reveal() != tokens.Access || token.Scheme != providers.Bearer || !token.State.IsZero() ||
		!token.Issued.Equal(issued) || !token.Expires.Equal(expires) || expires.IsZero() {
		t.Errorf("got %+v, want what is in uv's file, and no state", token)
	}
	text, err := os.ReadFile(file)
	if want := `{"access_token":"` + tokens.Access + `","refresh_token":"` + tokens.Refresh + `"}`; err != nil || string(text) != want {
		t.Errorf("got %s, %v, want %s", text, err, want)
	}
	for path, want := range map[string]os.FileMode{file: 0o600, filepath.Dir(file): 0o700} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: mode %v, %v, want %v", path, info.Mode(), err, want)
		}
	}
	if len(said) != 1 || !strings.HasPrefix(said[0], "waiting for the login") {
		t.Errorf("said %q", said)
	}
	again, err := Provider{}.Token(t.Context(), request(t, server))
	if err != nil || !again.Value.Equal(token.Value) {
		t.Errorf("error %v, want the token of the login", err)
	}
	if _, err := (Provider{}).Token(t.Context(), due(t, server)); err != nil {
		t.Errorf("the refresh token of the login: %v", err)
	}
	if err := (Provider{}).Logout(t.Context(), request(t, server)); err != nil {
		t.Fatal(err)
	}
	_, err = Provider{}.Token(t.Context(), request(t, server))
	e := wantError(t, err, providers.ErrLoginRequired, "nobody is logged in")
	if e.Repair != "sesame login "+server.URL {
		t.Errorf("repair %q", e.Repair)
	}
	want := pyxtest.Counts{Requests: 4, Pages: 1, Polls: 1, Logins: 1, Refreshes: 1, Logouts: 1}
	if got := server.Counts(); got != want {
		t.Errorf("counts %+v, want %+v", got, want)
	}
}

// Who logs in again wants the new login, whatever is left of the old one.
func TestLoginReplacesWhatWasKept(t *testing.T) {
	server, file := loggedIn(t, pyxtest.Config{}, -time.Minute)
	for name, text := range map[string]string{"another login": "", "half a file": `{"access_tok`} {
		t.Run(name, func(t *testing.T) {
			if text != "" {
				if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			var said []string
			token, err := Provider{}.Login(t.Context(), request(t, server), browser(t, server, &said))
			if err != nil || kept(t, file).Access != token.Value.Reveal() {
				t.Errorf("error %v, want the new tokens in uv's file", err)
			}
			if left, _ := filepath.Glob(file + "*"); len(left) != 1 {
				t.Errorf("left behind: %q", left)
			}
		})
	}
	if got := server.Counts().Refreshes; got != 0 {
		t.Errorf("%d refreshes", got)
	}
}

// A person must not be sent to a page for tokens that have no place.
func TestLoginIsNotBegunIfItCouldNotBeKept(t *testing.T) {
	for _, obstacle := range []string{"tokens.json.new", "tokens.lock"} {
		t.Run(obstacle, func(t *testing.T) {
			play(t, func(t *testing.T, s *scene) {
				if err := os.MkdirAll(filepath.Join(s.directory, obstacle, "x"), 0o700); err != nil {
					t.Fatal(err)
				}
				_, err := s.login(t.Context(), s.show)
				wantError(t, err, providers.ErrUnavailable, "could not be written", obstacle)
				if len(s.said) != 0 || s.server.Counts().Requests != 0 {
					t.Errorf("said %q, and sent %d requests", s.said, s.server.Counts().Requests)
				}
			})
		})
	}
	t.Run("no directory", func(t *testing.T) {
		server, root := start(t, pyxtest.Config{})
		if err := os.WriteFile(filepath.Join(root, profile.Digest(server.URL+"/")), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		_, err := Provider{}.Login(ctx, request(t, server), func(step providers.Step) {
			t.Errorf("said %q", step.Message)
			cancel()
		})
		wantError(t, err, providers.ErrUnavailable, "could not be written")
	})
}

// A disk that fills up while the person confirms costs uv the login, but not sesame.
func TestStateSavesALoginThatCouldNotBeWritten(t *testing.T) {
	play(t, func(t *testing.T, s *scene) {
		if err := os.WriteFile(s.file, []byte(`{"access_token":"old","refresh_token":"old"}`), 0o600); err != nil {
			t.Fatal(err)
		}
		s.confirm = time.Millisecond
		obstacle := s.file + ".new/x"
		s.server.Fail(pyxtest.Fault{Before: func() { os.MkdirAll(obstacle, 0o700) }})
		token, err := s.login(t.Context(), s.show)
		if err != nil {
			t.Fatal(err)
		}
		if !s.server.Accepts(token.Value.Reveal()) || kept(t, s.file).Refresh != "old" {
			t.Error("want the token of the login, and uv's file as it was")
		}
		if last := s.said[len(s.said)-1]; !strings.Contains(last, "warning: uv will not find this login") {
			t.Errorf("said %q", s.said)
		}
		if err := os.RemoveAll(s.file + ".new"); err != nil {
			t.Fatal(err)
		}
		s.req.Previous = token
		next, err := s.fromLogin(t.Context())
		if err != nil || kept(t, s.file).Access != next.Value.Reveal() || s.server.Counts().Refreshes != 1 {
			t.Errorf("error %v, want a refresh of the login, in uv's file", err)
		}
	})
}

// A refresh under way would overwrite the login, or be overwritten.
func TestLoginIsWrittenUnderTheLock(t *testing.T) {
	tests := []struct {
		name    string
		held    time.Duration
		after   time.Duration
		written bool
	}{
		{"a refresh", 2 * time.Second, 2 * time.Second, true},
		{"a uv that hangs", time.Hour, lockTime, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			play(t, func(t *testing.T, s *scene) {
				s.confirm = time.Millisecond
				s.server.Fail(pyxtest.Fault{Status: 404, Before: func() {
					unlock, err := lock(t.Context(), filepath.Join(s.directory, profile.TokensLock))
					if err != nil {
						t.Error(err)
						return
					}
					t.Cleanup(unlock)
					time.AfterFunc(pollPause+test.held, unlock) // the next question brings the tokens
				}})
				token, err := s.login(t.Context(), s.show)
				if err != nil {
					t.Fatal(err)
				}
				waited := s.since() - pollPause
				if waited < test.after || waited > test.after+maxWait*3/2 {
					t.Errorf("waited %v for the lock, want %v", waited, test.after)
				}
				if _, err := os.Stat(s.file); (err == nil) != test.written || token.State.IsZero() != test.written {
					t.Errorf("uv's file: %v, state: %v", err, !token.State.IsZero())
				}
			})
		})
	}
}

// What is not pyx's is nobody's to log in to.
func TestLoginIsForPyxAlone(t *testing.T) {
	server, root := start(t, pyxtest.Config{})
	elsewhere := providers.Request{URL: providers.URL{Scheme: "https", Host: "pypi.org"}}
	_, err := Provider{}.Login(t.Context(), elsewhere, func(providers.Step) { t.Error("something is shown") })
	wantError(t, err, providers.ErrNotFound, "pypi.org")
	wantError(t, Provider{}.Logout(t.Context(), elsewhere), providers.ErrNotFound, "pypi.org")
	if entries, err := os.ReadDir(root); err != nil || len(entries) != 0 || server.Counts().Requests != 0 {
		t.Errorf("something was written, %v %v, or sent", entries, err)
	}
}

// With a clock that is ahead every token is dead on arrival; the login is not.
func TestLoginWithAClockThatIsAheadIsKept(t *testing.T) {
	server, root := start(t, pyxtest.Config{})
	server.Fail(pyxtest.Fault{Body: `{"access_token":"` + server.AccessToken(-time.Minute) + `","refresh_token":"r"}`})
	_, err := Provider{}.Login(t.Context(), request(t, server), func(providers.Step) {})
	wantError(t, err, providers.ErrUnavailable, "clock")
	if got := kept(t, filepath.Join(root, profile.Digest(server.URL+"/"), "tokens.json")); got.Refresh != "r" {
		t.Error("the login is lost")
	}
}
