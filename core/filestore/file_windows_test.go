package filestore

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/windows"

	"github.com/sesame-auth/sesame/providers/acl"
	"github.com/sesame-auth/sesame/providers/acl/acltest"
)

// oddPlaces are those of Windows.
func oddPlaces(t *testing.T, _, good string) []oddPlace {
	return []oddPlace{
		{"open to others", func(p string) error {
			err := writeOwn(p, good)
			acltest.Give(t, p, acltest.Readable)
			return err
		}, "is open to "},
	}
}

// writeOwn writes a file that is its owner's alone.
func writeOwn(path, text string) error {
	own, err := acl.Own(false)
	if err != nil {
		return err
	}
	handle, err := createFile(path, windows.GENERIC_WRITE, 0, own, windows.CREATE_NEW)
	if err != nil {
		return err
	}
	file := os.NewFile(uintptr(handle), path)
	_, err = file.WriteString(text)
	return errors.Join(err, file.Close())
}

// A token that others can read is theirs, whatever the folder above hands down.
func TestFilesAreTheUsersAlone(t *testing.T) {
	above := t.TempDir()
	acltest.Give(t, above, acltest.Readable)
	s := &Store{Dir: filepath.Join(above, "state", "sesame")}
	save(t, s, recordOf("T"))
	if err := s.Reserve(key, 1); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", key + ".token", key + ".lock", key + ".token.new"} {
		handle, err := createFile(filepath.Join(s.Dir, name), windows.READ_CONTROL, share, nil, windows.OPEN_EXISTING)
		if err != nil {
			t.Fatal(err)
		}
		if err := acl.Check(handle, acl.Any); err != nil {
			t.Errorf("%q: %v", name, err)
		}
		windows.CloseHandle(handle)
	}
}

func TestFolderOfOthersIsRefusedWithTheRepair(t *testing.T) {
	s := newStore(t)
	save(t, s, recordOf("T"))
	acltest.Give(t, s.Dir, acltest.Readable)
	s = &Store{Dir: s.Dir} // the next process
	_, err := s.Load(key)
	if err == nil || !strings.Contains(err.Error(), `type: icacls "`+s.Dir+`"`) {
		t.Errorf("got %v, want the command that repairs it", err)
	}
	if _, err := s.TryLock(key); err == nil {
		t.Error("a lock was taken in it")
	}
}

// Who may make a link may be anybody with a folder on the way.
func TestLinksAreRefused(t *testing.T) {
	s := newStore(t)
	save(t, s, recordOf("T"))
	token := filepath.Join(s.Dir, key+".token")
	if err := os.Rename(token, token+".elsewhere"); err != nil {
		t.Fatal(err)
	}
	err := os.Symlink(token+".elsewhere", token)
	if info, statErr := os.Lstat(token); err != nil || statErr != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Skipf("no link can be made here: %v, %v", err, statErr)
	}
	if r, err := s.Load(key); r != nil || err == nil || !strings.Contains(err.Error(), "symbolic link") {
		t.Errorf("a link to a record: got %v and %v", r, err)
	}
	linked := &Store{Dir: filepath.Join(t.TempDir(), "link")}
	if err := os.Symlink(s.Dir, linked.Dir); err != nil {
		t.Fatal(err)
	}
	if _, err := linked.Load(key); err == nil {
		t.Error("a link in the folder's place was followed")
	}
}

func TestDirFollowsTheEnvironment(t *testing.T) {
	for _, row := range []struct {
		name string
		env  map[string]string
		want string
	}{
		{"its own variable", map[string]string{"SESAME_STATE_DIR": `C:\a`, "LOCALAPPDATA": `C:\b`}, `C:\a`},
		{"with slashes", map[string]string{"SESAME_STATE_DIR": `C:/a/b/`}, `C:\a\b`},
		{"the user's local data", map[string]string{"LOCALAPPDATA": `C:\b`}, `C:\b\sesame`},
		{"relative ones do not count", map[string]string{"SESAME_STATE_DIR": `\a`, "LOCALAPPDATA": `C:b`}, ""},
		{"those of Unix do not count", map[string]string{"XDG_STATE_HOME": `C:\b`, "HOME": `C:\c`}, ""},
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

func TestStoreThatCannotBeWrittenSaysSo(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s := &Store{Dir: filepath.Join(file, "sesame")}
	if _, err := s.TryLock(key); err == nil || !strings.Contains(err.Error(), s.Dir) {
		t.Errorf("got %v, want the folder named", err)
	}
	if r, err := s.Load(key); r != nil || err != nil {
		t.Errorf("a load: got %v and %v, want nothing", r, err)
	}
}
