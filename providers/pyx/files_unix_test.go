//go:build unix

package pyx

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// A FIFO that nobody writes to would hang whoever opens it.
func TestFIFOIsNotOpened(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens.json")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := readFile(path); err == nil {
		t.Error("a FIFO is read")
	}
}

// A umask that takes the owner's own bits away would leave a file that nobody reads.
func TestReplacementIsTheOwnersWhateverTheUmask(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens.json")
	defer syscall.Umask(syscall.Umask(0o777))
	next, err := reserve(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := next.commit([]byte("text")); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 || info.Size() != 4 {
		t.Errorf("mode %v, %v, want 0600 and the content alone", info.Mode(), err)
	}
}

// What a killed process left is in nobody's way, and is not read.
func TestLeftoverIsReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens.json")
	if err := os.WriteFile(path+".new", make([]byte, 2*reserved), 0o644); err != nil {
		t.Fatal(err)
	}
	next, err := reserve(path)
	if err != nil {
		t.Fatal(err)
	}
	next.abandon()
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
