package pyx

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/pyx/profile"
	"github.com/sesame-auth/sesame/providers/pyx/pyxtest"
)

// Removing the tokens of a login that goes on leaves it to whoever has copied them.
func TestLogoutRemovesOnlyWhatTheIssuerHasEnded(t *testing.T) {
	const ended = ""
	tests := []struct {
		name  string
		left  time.Duration
		fault pyxtest.Fault
		fails string
	}{
		{"access token is good", time.Hour, pyxtest.Fault{}, ended},
		{"access token has expired", -time.Hour, pyxtest.Fault{}, ended},
		{"200", time.Hour, pyxtest.Fault{Status: 200, Body: "<html>"}, ended},
		{"401: it had ended before", time.Hour, pyxtest.Fault{Status: 401}, ended},
		{"400", time.Hour, pyxtest.Fault{Status: 400}, "400 Bad Request"},
		{"403", time.Hour, pyxtest.Fault{Status: 403}, "403 Forbidden"},
		{"404", time.Hour, pyxtest.Fault{Status: 404}, "404 Not Found"},
		{"500", time.Hour, pyxtest.Fault{Status: 500, Body: "secret-in-the-answer"}, "500 Internal Server Error"},
		{"redirect", time.Hour, pyxtest.Fault{Status: 302, Location: "/?secret-in-the-answer"}, "302 Found: a redirect, which is not followed"},
		{"no answer", time.Hour, pyxtest.Fault{Drop: true}, "the connection was closed before the answer"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server, file := loggedIn(t, pyxtest.Config{}, test.left)
			before := kept(t, file)
			server.Fail(test.fault)
			err := Provider{}.Logout(t.Context(), request(t, server))
			if server.Counts().Requests != 1 {
				t.Errorf("%d requests, want 1", server.Counts().Requests)
			}
			if test.fails == ended {
				if _, missing := os.Stat(file); err != nil || missing == nil {
					t.Errorf("error %v, and the file is there: %v", err, missing == nil)
				}
				_, err := Provider{}.Token(t.Context(), request(t, server))
				e := wantError(t, err, providers.ErrLoginRequired, "nobody is logged in")
				if e.Repair != "sesame login "+server.URL {
					t.Errorf("repair %q", e.Repair)
				}
				return
			}
			e := wantError(t, err, providers.ErrUnavailable, server.URL+"/auth/cli/logout: "+test.fails, "the tokens are kept")
			if kept(t, file) != before || strings.Contains(e.Message, "secret") || strings.Contains(e.Message, before.Access) {
				t.Errorf("error %q; want uv's file as it was, and no secret", e.Message)
			}
		})
	}
}

func TestLogoutEndsTheLoginAtTheIssuer(t *testing.T) {
	server, file := loggedIn(t, pyxtest.Config{}, -time.Minute)
	before := kept(t, file)
	if err := (Provider{}).Logout(t.Context(), request(t, server)); err != nil {
		t.Fatal(err)
	}
	_, err := newIssuer(server.URL).refresh(t.Context(), before.Refresh)
	if _, refused := err.(*refusal); !refused || server.Counts().Logouts != 1 {
		t.Errorf("after the logout a refresh says %v, %+v", err, server.Counts())
	}
}

// There is nothing to do, and nothing to complain of.
func TestLogoutOfNobodyIsNoError(t *testing.T) {
	server, root := start(t, pyxtest.Config{})
	if err := (Provider{}).Logout(t.Context(), request(t, server)); err != nil || server.Counts().Requests != 0 {
		t.Errorf("error %v after %d requests", err, server.Counts().Requests)
	}
	if entries, err := os.ReadDir(root); err != nil || len(entries) != 0 {
		t.Errorf("something was written: %v %v", entries, err)
	}
}

// Uv's logout removes the directory, and with it the lock that somebody may be waiting for and
// the tokens of keys that nobody wanted to give up.
func TestLogoutLeavesTheLockAndTheTokensOfOtherKeys(t *testing.T) {
	server, file := loggedIn(t, pyxtest.Config{}, time.Hour)
	directory := filepath.Dir(file)
	for _, name := range []string{"tokens.lock", "0123456789abcdef.json"} {
		if err := os.WriteFile(filepath.Join(directory, name), []byte("opaque"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(file+".new", []byte("left behind"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := (Provider{}).Logout(t.Context(), request(t, server)); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(directory)
	if err != nil || len(entries) != 2 || entries[0].Name() != "0123456789abcdef.json" || entries[1].Name() != "tokens.lock" {
		t.Errorf("left are %v, %v", entries, err)
	}
}

// A refresh that is under way would bring the login back.
func TestLogoutWaitsForTheLock(t *testing.T) {
	server, file := loggedIn(t, pyxtest.Config{}, time.Hour)
	before := kept(t, file)
	lock := filepath.Join(filepath.Dir(file), "tokens.lock")
	release := holder(t, lock)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	err := Provider{}.Logout(ctx, request(t, server))
	wantError(t, err, providers.ErrUnavailable, lock, "another uv or sesame", "the tokens are kept")
	if kept(t, file) != before || server.Counts().Requests != 0 {
		t.Error("the login was ended without the lock")
	}
	release()
	if err := (Provider{}).Logout(t.Context(), request(t, server)); err != nil {
		t.Error(err)
	}
}

// A uv that hangs with the lock must not take a logout with it that has no time limit of its own.
func TestLogoutGivesUpOnALockThatStaysHeld(t *testing.T) {
	play(t, func(t *testing.T, s *scene) {
		if err := os.WriteFile(s.file, []byte(`{"access_token":"a","refresh_token":"r"}`), 0o600); err != nil {
			t.Fatal(err)
		}
		unlock, err := lock(t.Context(), filepath.Join(s.directory, profile.TokensLock))
		if err != nil {
			t.Fatal(err)
		}
		defer unlock()
		wantError(t, s.endLogin(t.Context(), ""), providers.ErrUnavailable, "another uv or sesame")
		if s.since() != lockTime {
			t.Errorf("after %v, want %v", s.since(), lockTime)
		}
	})
}

// A uv that has logged out while its lock was waited for leaves nothing to do.
func TestLogoutAfterUvsLogoutIsNoError(t *testing.T) {
	play(t, func(t *testing.T, s *scene) {
		if err := os.WriteFile(s.file, []byte(`{"access_token":"a","refresh_token":"r"}`), 0o600); err != nil {
			t.Fatal(err)
		}
		unlock, err := lock(t.Context(), filepath.Join(s.directory, profile.TokensLock))
		if err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(time.Second, func() {
			os.Remove(s.file)
			unlock()
		})
		if err := s.endLogin(t.Context(), ""); err != nil || s.server.Counts().Requests != 0 {
			t.Errorf("error %v after %d requests", err, s.server.Counts().Requests)
		}
	})
}

// Uv logs in, and out, without the lock: neither must be undone.
func TestLogoutLeavesALoginThatIsNewer(t *testing.T) {
	server, file := loggedIn(t, pyxtest.Config{}, time.Hour)
	var login tokens
	server.Fail(pyxtest.Fault{Before: func() {
		server.Login(filepath.Dir(filepath.Dir(file)))
		login = kept(t, file)
	}})
	if err := (Provider{}).Logout(t.Context(), request(t, server)); err != nil {
		t.Fatal(err)
	}
	if kept(t, file) != login || !server.Accepts(login.Access) {
		t.Error("the new login is gone")
	}
	server.Fail(pyxtest.Fault{Before: func() { os.RemoveAll(filepath.Dir(file)) }})
	if err := (Provider{}).Logout(t.Context(), request(t, server)); err != nil {
		t.Errorf("uv was faster: %v", err)
	}
}

// What cannot be read cannot be ended: to remove it would only look like a logout.
func TestLogoutLeavesADamagedFile(t *testing.T) {
	for name, text := range map[string]string{
		"half": `{"access_token":"secret-half`, "no access token": `{"refresh_token":"secret"}`,
		"two lines": `{"access_token":"secret\nX-Evil: 1","refresh_token":"secret"}`,
	} {
		t.Run(name, func(t *testing.T) {
			server, file := loggedIn(t, pyxtest.Config{}, time.Hour)
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			err := Provider{}.Logout(t.Context(), request(t, server))
			wantError(t, err, providers.ErrLoginRequired, file, "remove it")
			got, _ := os.ReadFile(file)
			if string(got) != text || server.Counts().Requests != 0 || strings.Contains(err.Error(), "secret") {
				t.Errorf("error %q; want the file as it was, and nothing sent", err)
			}
		})
	}
}

// recorder is an issuer that answers every request with a status, and notes what it was sent.
func recorder(t *testing.T, status int) (sent *[]string) {
	sent = new([]string)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*sent = append(*sent, r.Method+" "+r.URL.Path+" "+r.Header.Get("Authorization"))
		w.WriteHeader(status)
	}))
	t.Cleanup(server.Close)
	t.Setenv("PYX_API_URL", server.URL)
	return sent
}
