//go:build unix

package filestore

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// oddPlaces are those of Unix.
func oddPlaces(_ *testing.T, victim, good string) []oddPlace {
	return []oddPlace{
		{"a symbolic link", func(p string) error { return os.Symlink(victim, p) }, "symbolic link"},
		{"a FIFO", func(p string) error { return syscall.Mkfifo(p, 0o600) }, "not a regular file"},
		{"open to others", func(p string) error { return writeMode(p, good, 0o644) }, "open to other users"},
	}
}

// writeOwn writes a file that is its owner's alone.
func writeOwn(path, text string) error { return writeMode(path, text, 0o600) }

func writeMode(path, text string, mode os.FileMode) error {
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		return err
	}
	return os.Chmod(path, mode)
}

// A token that others can read is theirs, whatever the umask was.
func TestFilesAreTheOwnersAlone(t *testing.T) {
	for _, umask := range []int{0, 0o022, 0o777} {
		old := syscall.Umask(umask)
		s := newStore(t)
		save(t, s, recordOf("T"))
		if err := s.Reserve(key, 1); err != nil {
			t.Fatal(err)
		}
		syscall.Umask(old)
		for name, want := range map[string]os.FileMode{
			"": 0o700, key + ".token": 0o600, key + ".lock": 0o600, key + ".token.new": 0o600,
		} {
			info, err := os.Lstat(filepath.Join(s.Dir, name))
			if err != nil {
				t.Fatal(err)
			}
			if got := info.Mode().Perm(); got&^want != 0 || name != key+".lock" && got != want {
				t.Errorf("umask %o: %q has mode %o, want %o", umask, name, got, want)
			}
		}
	}
}

func TestFolderOfOthersIsRefusedWithTheRepair(t *testing.T) {
	s := newStore(t)
	save(t, s, recordOf("T"))
	if err := os.Chmod(s.Dir, 0o755); err != nil {
		t.Fatal(err)
	}
	s = &Store{Dir: s.Dir} // the next process
	_, err := s.Load(key)
	if err == nil || !strings.Contains(err.Error(), "chmod 700 "+s.Dir) {
		t.Errorf("got %v, want the command that repairs it", err)
	}
	if _, err := s.TryLock(key); err == nil {
		t.Error("a lock was taken in it")
	}
	linked := &Store{Dir: filepath.Join(t.TempDir(), "link")}
	if err := os.Symlink(s.Dir, linked.Dir); err != nil {
		t.Fatal(err)
	}
	if _, err := linked.Load(key); err == nil {
		t.Error("a symbolic link was followed")
	}
}

func TestDirFollowsTheEnvironment(t *testing.T) {
	for _, row := range []struct {
		name string
		env  map[string]string
		want string
	}{
		{"its own variable", map[string]string{"SESAME_STATE_DIR": "/a", "XDG_STATE_HOME": "/b", "HOME": "/c"}, "/a"},
		{"XDG", map[string]string{"XDG_STATE_HOME": "/b", "HOME": "/c"}, "/b/sesame"},
		{"home", map[string]string{"HOME": "/c"}, "/c/.local/state/sesame"},
		{"relative ones do not count", map[string]string{"SESAME_STATE_DIR": "a", "XDG_STATE_HOME": "b", "HOME": "/c"}, "/c/.local/state/sesame"},
		{"nothing", nil, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := Dir(func(name string) string { return row.env[name] }); got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
	if _, err := (&Store{}).Load(key); err == nil || !strings.Contains(err.Error(), "SESAME_STATE_DIR") {
		t.Errorf("a store without a folder: got %v, want what to set", err)
	}
}
