//go:build unix

package wiring

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// systemsOddFiles are those that only this system has.
var systemsOddFiles = []oddFile{
	{"a link to nothing", func(path string) error { return os.Symlink("/nowhere/x", path) }, "a symbolic link to a file that is not there"},
	{"a FIFO", func(path string) error { return syscall.Mkfifo(path, 0o600) }, "is not a regular file"},
	// A FIFO, not a device: with the check broken, root would replace the device itself.
	{"a link to a FIFO", func(path string) error {
		fifo := filepath.Join(filepath.Dir(filepath.Dir(path)), "fifo")
		return errors.Join(syscall.Mkfifo(fifo, 0o600), os.Symlink(fifo, path))
	}, "is not a regular file"},
}

// People keep such files in a repository and link to them; a rename must not cut the link.
func TestALinkIsFollowed(t *testing.T) {
	b := newBench(t)
	target := b.write("dotfiles/docker/config.json", `{"x": 1}`, 0o600)
	if err := os.Symlink(filepath.Dir(target), filepath.Join(b.home, ".docker")); err != nil {
		t.Fatal(err)
	}
	second := b.write("dotfiles/bazelrc", "build --x\n", 0o600)
	if err := os.Symlink("dotfiles/bazelrc", filepath.Join(b.home, ".bazelrc")); err != nil {
		t.Fatal(err)
	}
	b.change(Docker{Programs: b.programs})
	b.change(Bazel{Programs: b.programs})
	for _, path := range []string{target, second} {
		if text, _ := read(t, path); !strings.Contains(text, "sesame") {
			t.Errorf("%s: %q", path, text)
		}
	}
	for _, link := range []string{".docker", ".bazelrc"} {
		if info, err := os.Lstat(filepath.Join(b.home, link)); err != nil || info.Mode()&os.ModeSymlink == 0 {
			t.Errorf("%s is no link any more", link)
		}
	}
	b.undo(Docker{Programs: b.programs})
	if text, _ := read(t, target); text != `{"x": 1}` {
		t.Errorf("after undo: %q", text)
	}
}

// Root sets up other people's machines. The file stays theirs.
func TestTheOwnerStays(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give a file away")
	}
	b := newBench(t)
	path := b.write(".docker/config.json", `{"x": 1}`, 0o600)
	if err := os.Chown(path, 1234, 5678); err != nil {
		t.Fatal(err)
	}
	b.change(Docker{Programs: b.programs})
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if st := info.Sys().(*syscall.Stat_t); st.Uid != 1234 || st.Gid != 5678 {
		t.Errorf("the file belongs to %d:%d, want 1234:5678", st.Uid, st.Gid)
	}
}
