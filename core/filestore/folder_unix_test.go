//go:build unix

package filestore

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// A home that cannot be written, or a link to a disk that is not mounted, is met by the first login of many a
// container. The message names the folder, and not a token that does not exist.
func TestAFolderThatCannotBeMadeIsNamed(t *testing.T) {
	dir := t.TempDir()
	if err := os.Symlink(filepath.Join(dir, "none"), filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		filepath.Join(dir, "link", "sesame"): ": cannot be made; set SESAME_STATE_DIR to a folder of your own",
		filepath.Join(file, "sesame"):        ": not a directory",
		file:                                 ": is not a folder; remove it, or set SESAME_STATE_DIR to a folder of your own",
	} {
		s := &Store{Dir: name}
		_, err := s.TryLock("key")
		if err == nil || err.Error() != "state folder "+name+want {
			t.Errorf("got %v, want %q of %s", err, want, name)
		}
	}
	for _, code := range []syscall.Errno{syscall.EACCES, syscall.EROFS, syscall.EPERM} {
		if got := why(code); got != code.Error()+"; set SESAME_STATE_DIR to a folder that can be written" {
			t.Errorf("%d: %q", code, got)
		}
	}
}
