package pyx

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/pyx/pyxtest"
)

// What cannot be written must not be asked for: the old refresh token would be spent for it.
func TestTokenAsksForNothingThatItCannotWrite(t *testing.T) {
	tests := []struct {
		name, obstacle, mention string
	}{
		{"no place for the new file", "tokens.json.new", "could not be written"},
		{"no lock", "tokens.lock", "no lock"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server, file := loggedIn(t, pyxtest.Config{}, 10*time.Minute)
			// A directory that is not empty is in everybody's way, even root's.
			obstacle := filepath.Join(filepath.Dir(file), test.obstacle)
			if err := os.MkdirAll(filepath.Join(obstacle, "x"), 0o700); err != nil {
				t.Fatal(err)
			}
			before := kept(t, file)
			_, err := Provider{}.Token(t.Context(), due(t, server))
			wantError(t, err, providers.ErrUnavailable, test.mention, test.obstacle)
			if server.Counts().Requests != 0 || kept(t, file) != before {
				t.Error("the refresh token is spent")
			}
			// What is good is still handed out.
			if _, err := (Provider{}).Token(t.Context(), request(t, server)); err != nil {
				t.Error(err)
			}
		})
	}
}

// A disk that is full must be found out before the refresh token is spent.
func TestSpaceIsTakenBeforeTheRequest(t *testing.T) {
	server, file := loggedIn(t, pyxtest.Config{}, -time.Minute)
	var size int64
	server.Fail(pyxtest.Fault{Before: func() {
		if info, err := os.Stat(file + ".new"); err == nil {
			size = info.Size()
		}
	}})
	if _, err := (Provider{}).Token(t.Context(), request(t, server)); err != nil {
		t.Fatal(err)
	}
	if size < reserved {
		t.Errorf("%d bytes were taken during the request, want %d", size, reserved)
	}
}

// The issuer has rotated, and the write fails: the login must survive it. Uv's file is of no
// use then, even if its access token is still good.
func TestStateSavesARefreshThatCouldNotBeWritten(t *testing.T) {
	server, file := loggedIn(t, pyxtest.Config{}, time.Hour)
	before := kept(t, file)
	lose := pyxtest.Fault{Before: func() { os.Remove(file + ".new") }}
	server.Fail(lose, lose)
	req := due(t, server)
	for range 2 {
		got, err := Provider{}.Token(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		if got.State.IsZero() || !server.Accepts(got.Value.Reveal()) || kept(t, file) != before {
			t.Fatal("want a token that is good, a state, and uv's file as it was")
		}
		req = request(t, server)
		req.Previous = got
	}
	got, err := Provider{}.Token(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	if kept(t, file).Access != got.Value.Reveal() || !got.State.IsZero() {
		t.Error("want uv's file mended, and no state")
	}
	if counts := server.Counts(); counts.Refreshes != 3 || counts.Reuses != 0 {
		t.Errorf("%+v, want three refreshes and no reuse", counts)
	}
}

// A state is only as good as the file that it replaces: after a login it is nothing.
func TestStateIsDroppedAfterALogin(t *testing.T) {
	server, file := loggedIn(t, pyxtest.Config{}, -time.Minute)
	server.Fail(pyxtest.Fault{Before: func() { os.Remove(file + ".new") }})
	req := due(t, server)
	previous, err := Provider{}.Token(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := server.Login(filepath.Dir(filepath.Dir(file))); err != nil {
		t.Fatal(err)
	}
	req = request(t, server)
	req.Previous = previous
	got, err := Provider{}.Token(t.Context(), req)
	if err != nil || got.Value.Reveal() != kept(t, file).Access || server.Counts().Refreshes != 1 {
		t.Errorf("error %v, want the token of the login", err)
	}
}

// Uv writes a login, and removes one, without the lock: a refresh that is under way must
// neither overwrite the one nor bring back the other.
func TestRefreshLeavesALoginAndALogoutAlone(t *testing.T) {
	t.Run("login", func(t *testing.T) {
		server, file := loggedIn(t, pyxtest.Config{}, -time.Minute)
		var login tokens
		server.Fail(pyxtest.Fault{Before: func() {
			server.Login(filepath.Dir(filepath.Dir(file)))
			login = kept(t, file)
		}})
		if _, err := (Provider{}).Token(t.Context(), request(t, server)); err != nil {
			t.Fatal(err)
		}
		if kept(t, file) != login {
			t.Error("the login was overwritten")
		}
	})
	t.Run("logout", func(t *testing.T) {
		server, file := loggedIn(t, pyxtest.Config{}, -time.Minute)
		server.Fail(pyxtest.Fault{Before: func() { os.RemoveAll(filepath.Dir(file)) }})
		got, err := Provider{}.Token(t.Context(), due(t, server))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(file); err == nil {
			t.Error("the login is back")
		}
		req := due(t, server)
		req.Previous = got
		_, err = Provider{}.Token(t.Context(), req)
		wantError(t, err, providers.ErrLoginRequired, "nobody is logged in")
	})
}
