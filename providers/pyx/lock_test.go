package pyx

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/pyx/pyxtest"
)

// holdVariable makes the test's program hold a lock, in uv's place.
const holdVariable = "SESAME_TEST_HOLD_LOCK"

func TestMain(m *testing.M) {
	if path := os.Getenv(holdVariable); path != "" {
		os.Exit(hold(path))
	}
	// net/http reads them once.
	os.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	os.Setenv("HTTPS_PROXY", "http://127.0.0.1:1")
	os.Setenv("NO_PROXY", "")
	os.Exit(m.Run())
}

// hold takes the lock, says so, and keeps it until its stdin is closed.
func hold(path string) int {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return 1
	}
	if held, err := tryLock(file); err != nil || !held {
		return 1
	}
	os.Stdout.WriteString("held\n")
	io.Copy(io.Discard, os.Stdin)
	return 0
}

// holder starts a process that has the lock when holder returns; release ends it.
func holder(t *testing.T, path string) (release func()) {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	process := exec.Command(program)
	process.Env = append(os.Environ(), holdVariable+"="+path)
	in, err := process.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "held\n" {
		t.Fatalf("the holder says %q, %v", line, err)
	}
	release = func() {
		in.Close()
		process.Wait()
	}
	t.Cleanup(release)
	return release
}

// A uv that refreshes is waited for, and what it wrote is what is returned.
func TestTokenWaitsForUv(t *testing.T) {
	server, file := loggedIn(t, pyxtest.Config{}, -time.Minute)
	release := holder(t, filepath.Join(filepath.Dir(file), "tokens.lock"))
	type result struct {
		token *providers.Token
		err   error
	}
	done := make(chan result)
	go func() {
		token, err := Provider{}.Token(t.Context(), request(t, server))
		done <- result{token, err}
	}()
	// Uv's refresh: the file changes while the lock is held.
	if _, err := server.Login(filepath.Dir(filepath.Dir(file))); err != nil {
		t.Fatal(err)
	}
	release()
	got := <-done
	if got.err != nil || got.token.Value.Reveal() != kept(t, file).Access {
		t.Errorf("error %v, want uv's new token", got.err)
	}
	if counts := server.Counts(); counts.Requests != 0 {
		t.Errorf("%+v, want no request: uv has refreshed", counts)
	}
}

// A uv that hangs must not take the build with it, nor be passed by.
func TestTokenGivesUpOnALockThatStaysHeld(t *testing.T) {
	tests := []struct {
		name string
		open func(t *testing.T) (server *pyxtest.Server, lock string)
	}{
		{"login", func(t *testing.T) (*pyxtest.Server, string) {
			server, file := loggedIn(t, pyxtest.Config{}, -time.Minute)
			return server, filepath.Join(filepath.Dir(file), "tokens.lock")
		}},
		{"key", func(t *testing.T) (*pyxtest.Server, string) {
			server, file := withKey(t, pyxtest.Config{})
			if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
				t.Fatal(err)
			}
			return server, filepath.Join(filepath.Dir(file), "7d547ab2e8ca1a67.lock")
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server, lock := test.open(t)
			holder(t, lock)
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			_, err := Provider{}.Token(ctx, request(t, server))
			wantError(t, err, providers.ErrUnavailable, lock, "another uv or sesame")
			if got := server.Counts().Requests; got != 0 {
				t.Errorf("%d requests without the lock", got)
			}
		})
	}
}

// The lock file stays: whoever waits for a file that is removed waits for nobody.
func TestLockFileIsKept(t *testing.T) {
	server, file := loggedIn(t, pyxtest.Config{}, -time.Minute)
	if _, err := (Provider{}).Token(t.Context(), request(t, server)); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(filepath.Dir(file), "tokens.lock"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("lock file: %v, %v, want mode 0600", info, err)
	}
}

// Uv's logout removes the lock file too. A lock on the file that is gone is none.
func TestLockOnARemovedFileIsNotHeld(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens.lock")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if held, err := lockAt(file, path); err != nil || !held {
		t.Fatalf("held: %v, %v, want the lock", held, err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if held, err := lockAt(file, path); err != nil || held {
		t.Errorf("removed: held %v, %v", held, err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if held, err := lockAt(file, path); err != nil || held {
		t.Errorf("another in its place: held %v, %v", held, err)
	}
}
