//go:build linux

package storm

import (
	"bytes"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

// damage returns the harm of putting something else in the place of the stored token.
func damage(change func(path string) error) func(*testing.T, *house) {
	return func(t *testing.T, h *house) {
		t.Helper()
		path, _ := h.tokenFile(t)
		if err := change(path); err != nil {
			t.Fatal(err)
		}
	}
}

// replaced returns a change that puts content in a file's place.
func replaced(content []byte) func(string) error {
	return func(path string) error { return os.WriteFile(path, content, 0o600) }
}

// instead returns a change that removes a file and makes something else of its name.
func instead(make func(path string) error) func(string) error {
	return func(path string) error {
		if err := os.Remove(path); err != nil {
			return err
		}
		return make(path)
	}
}

func cut(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return os.Truncate(path, int64(len(text)/2))
}

func ofTheFuture(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return os.WriteFile(path, bytes.Replace(text, []byte("sesame token 1"), []byte("sesame token 2"), 1), 0o600)
}

// A stored token that sesame cannot have written counts as absent: the caller is answered with
// a new one and a warning, and the old is kept aside, since it may hold a refresh token.
func TestFaultsOfTheStoredTokenAreHealed(t *testing.T) {
	t.Parallel()
	row := func(name, says string, change func(string) error) fault {
		return fault{
			name: name, harm: damage(change), left: time.Hour, token: true, says: says, leaves: ".damaged",
		}
	}
	tryAll(t, []fault{
		row("cut in half", "is damaged; it counts as absent", cut),
		row("zeros", "is damaged; it counts as absent", replaced(make([]byte, 500))),
		row("8 MiB", "is too large", replaced(make([]byte, 8<<20))),
		row("of a future version", "is damaged; it counts as absent", ofTheFuture),
		row("open to others", "is open to other users", func(path string) error { return os.Chmod(path, 0o644) }),
		row("symbolic link", "is a symbolic link; remove it",
			instead(func(path string) error { return os.Symlink("/etc/passwd", path) })),
		row("dangling link", "is a symbolic link; remove it",
			instead(func(path string) error { return os.Symlink("/nowhere", path) })),
		row("second name", "has another name too", func(path string) error { return os.Link(path, path+".table") }),
		row("FIFO", "is not a regular file", instead(func(path string) error { return syscall.Mkfifo(path, 0o600) })),
		row("directory", "is not a regular file", instead(func(path string) error { return os.Mkdir(path, 0o700) })),
	}, strict)
}

// An empty file is what a file system may leave after a power cut.
func TestFaultEmptyStoredTokenIsHealed(t *testing.T) {
	t.Parallel()
	h := strict(t)
	h.mustCall(t)
	h.wantQuiet(t)
	path, _ := h.tokenFile(t)
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	h.mustCall(t)
	h.wantQuiet(t)
	if record, err := h.record(t); err != nil || record == nil || record.Token == nil {
		t.Errorf("record %+v: %v", record, err)
	}
	h.wantNothingLeft(t)
}

// Where the lock, the temporary file or the folder is not what sesame makes, nobody is asked for a token
// that could not be kept, and the message names the file.
func TestFaultsAroundTheStoreAreTold(t *testing.T) {
	t.Parallel()
	remove := func(suffix string) func(*testing.T, *house) {
		return func(t *testing.T, h *house) {
			path, key := h.tokenFile(t)
			_ = os.RemoveAll(strings.TrimSuffix(path, key+".token") + key + suffix)
		}
	}
	beside := func(suffix string, change func(string) error) func(*testing.T, *house) {
		return func(t *testing.T, h *house) {
			remove(suffix)(t, h)
			_, key := h.tokenFile(t)
			if err := change(h.state + "/" + key + suffix); err != nil {
				t.Fatal(err)
			}
		}
	}
	mkdir := func(path string) error { return os.MkdirAll(path+"/x", 0o700) }
	link := func(path string) error { return os.Symlink("/etc/passwd", path) }
	fifo := func(path string) error { return syscall.Mkfifo(path, 0o600) }
	mode := func(mode os.FileMode) func(*testing.T, *house) {
		return func(_ *testing.T, h *house) { _ = os.Chmod(h.state, mode) }
	}
	row := func(name, says string, harm, heal func(*testing.T, *house)) fault {
		return fault{name: name, left: expired, says: says, harm: unasked(harm), heal: asked(heal), leaves: ".new"}
	}
	tryAll(t, []fault{
		row("lock is a directory", ".lock: is a folder; remove it", beside(".lock", mkdir), remove(".lock")),
		row("lock is a link", ".lock: is a symbolic link; remove it", beside(".lock", link), remove(".lock")),
		row("lock is a FIFO", ".lock: is not a regular file", beside(".lock", fifo), remove(".lock")),
		row("temporary file is a directory", ".token.new: is a folder; remove it", beside(".token.new", mkdir), remove(".token.new")),
		row("folder open to others", "type: chmod 700", mode(0o755), mode(0o700)),
	}, strict)
}

// unasked remembers how many requests the issuer has had, and harms.
func unasked(harm func(*testing.T, *house)) func(*testing.T, *house) {
	return func(t *testing.T, h *house) {
		t.Helper()
		h.requests = h.server.Counts().Requests
		harm(t, h)
	}
}

// asked fails the test if the issuer has had a request since unasked, and heals.
func asked(heal func(*testing.T, *house)) func(*testing.T, *house) {
	return func(t *testing.T, h *house) {
		t.Helper()
		h.wantQuiet(t)
		if n := h.server.Counts().Requests - h.requests; n > 0 {
			t.Errorf("the issuer was asked %d times for what could not be kept", n)
		}
		heal(t, h)
	}
}

// A refresh is worth nothing where its result cannot be kept: /proc takes no folder, from root either.
func TestFaultHomeThatTakesNoFolderAsksNobody(t *testing.T) {
	t.Parallel()
	h := strict(t)
	h.env = append(h.env, "SESAME_STATE_DIR=/proc/sesame")
	got := h.call(t)
	if got.token != "" || !strings.Contains(got.complaint, "/proc/sesame") {
		t.Errorf("answered %+v, want an error that names the folder", got)
	}
	h.wantNothingLeft(t)
	if n := h.server.Counts().Requests; n > 0 {
		t.Errorf("the issuer was asked %d times", n)
	}
}

// Whoever can write to a folder of PATH must not be able to have a program of his own started.
func TestFaultMissingProgramIsNamedAndPATHNotSearched(t *testing.T) {
	t.Parallel()
	h := strict(t)
	path, mark := t.TempDir(), t.TempDir()+"/started"
	if err := os.WriteFile(path+"/sesame", []byte("#!/bin/sh\ntouch "+mark+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	h.env = append(h.env, "PATH="+path+":"+os.Getenv("PATH"))
	if err := os.Remove(h.bin + "/sesame"); err != nil {
		t.Fatal(err)
	}
	got := h.call(t)
	if got.token != "" || !strings.Contains(got.complaint, "install it beside "+h.front) {
		t.Errorf("answered %+v, want an error that names the program", got)
	}
	if _, err := os.Stat(mark); err == nil {
		t.Error("a program of PATH was started")
	}
	h.wantNothingLeft(t)
}
