//go:build unix

package filestore

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/core"
	"github.com/sesame-auth/sesame/providers"
)

const key = "0123456789abcdef"

func newStore(t *testing.T) *Store {
	t.Helper()
	return &Store{Dir: filepath.Join(t.TempDir(), "home", "state", "sesame")}
}

func recordOf(value string) *core.Record {
	now := time.Unix(0, time.Now().UnixNano())
	return &core.Record{
		Token: &providers.Token{
			Username: "robot", Value: providers.NewSecret(value), Scheme: providers.Bearer,
			Issued: now, Expires: now.Add(time.Hour), State: providers.NewSecret("state\n\x00é"),
		},
		Obtained: now, Attempt: now, Sources: []string{"a.b.c"}, Refused: []string{"f1", "f2"}, Quick: 2,
	}
}

func save(t *testing.T, s *Store, r *core.Record) {
	t.Helper()
	lock, err := s.TryLock(key)
	if err != nil || lock == nil {
		t.Fatalf("lock: %v, %v", lock, err)
	}
	defer lock.Unlock()
	if err := s.Save(key, r); err != nil {
		t.Fatal(err)
	}
}

func TestLoadReturnsWhatWasSaved(t *testing.T) {
	s := newStore(t)
	if r, err := s.Load(key); r != nil || err != nil {
		t.Fatalf("an empty store: got %v, %v", r, err)
	}
	want := recordOf("T")
	save(t, s, want)
	got, err := s.Load(key)
	if err != nil {
		t.Fatal(err)
	}
	if string(got.Encode(key)) != string(want.Encode(key)) {
		t.Errorf("got  %s\nwant %s", got.Encode(key), want.Encode(key))
	}
	if !got.Token.State.Equal(want.Token.State) {
		t.Error("the state is not what it was")
	}
}

// A token that others can read is theirs, whatever the umask was.
func TestFilesAreTheOwnersAlone(t *testing.T) {
	for _, umask := range []int{0, 0o022, 0o777} {
		old := syscall.Umask(umask)
		s := newStore(t)
		save(t, s, recordOf("T"))
		syscall.Umask(old)
		for name, want := range map[string]os.FileMode{
			"": 0o700, key + ".token": 0o600, key + ".lock": 0o600,
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

func TestNothingIsWrittenByALoad(t *testing.T) {
	s := newStore(t)
	if _, err := s.Load(key); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(s.Dir); !os.IsNotExist(err) {
		t.Error("a load made the folder")
	}
}

// What lies in a file's place may have been put there to be read, to be hung on, or to
// have something else overwritten.
func TestOddFilesAreAbsentWithAReason(t *testing.T) {
	victim := filepath.Join(t.TempDir(), "victim")
	if err := os.WriteFile(victim, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	good := string(recordOf("T").Encode(key))
	for _, row := range []struct {
		name  string
		place func(path string) error
		want  string
	}{
		{"a symbolic link", func(p string) error { return os.Symlink(victim, p) }, "symbolic link"},
		{"a hard link", func(p string) error { return os.Link(victim, p) }, "another name"},
		{"a FIFO", func(p string) error { return syscall.Mkfifo(p, 0o600) }, "not a regular file"},
		{"a folder", func(p string) error { return os.Mkdir(p, 0o700) }, "not a regular file"},
		{"open to others", func(p string) error { return writeMode(p, good, 0o644) }, "open to other users"},
		{"empty", func(p string) error { return writeMode(p, "\n", 0o600) }, "damaged"},
		{"cut", func(p string) error { return writeMode(p, good[:len(good)/2], 0o600) }, "damaged"},
		{"cut before its end", func(p string) error { return writeMode(p, strings.TrimSuffix(good, "end\n"), 0o600) }, "damaged"},
		{"of a future version", func(p string) error { return writeMode(p, strings.Replace(good, "token 1", "token 2", 1), 0o600) }, "damaged"},
		{"of another key", func(p string) error { return writeMode(p, string(recordOf("T").Encode("other")), 0o600) }, "damaged"},
		{"huge", func(p string) error { return writeMode(p, strings.Repeat("x", maxSize+1), 0o600) }, "too large"},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := newStore(t)
			if err := os.MkdirAll(s.Dir, 0o700); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(s.Dir, key+".token")
			if err := row.place(path); err != nil {
				t.Fatal(err)
			}
			r, err := s.Load(key)
			if r != nil || err == nil || !strings.Contains(err.Error(), row.want) && !strings.Contains(err.Error(), "too many levels") {
				t.Fatalf("got %v and %v, want an error with %q", r, err, row.want)
			}
			save(t, s, recordOf("new"))
			if r, err := s.Load(key); err != nil || r.Token.Value.Reveal() != "new" {
				t.Errorf("after a save: got %v and %v", r, err)
			}
			if _, err := os.Lstat(filepath.Join(s.Dir, key+".damaged")); err != nil {
				t.Error("what was there is gone; it may have held a refresh token")
			}
			if text, err := os.ReadFile(victim); err != nil || string(text) != "precious" {
				t.Errorf("the victim holds %q", text)
			}
		})
	}
}

func writeMode(path, text string, mode os.FileMode) error {
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		return err
	}
	return os.Chmod(path, mode)
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

// A kill between write and rename leaves a temporary file. The next writer must not trip over it.
func TestSaveReplacesWhatAKilledWriterLeft(t *testing.T) {
	s := newStore(t)
	save(t, s, recordOf("old"))
	if err := os.WriteFile(filepath.Join(s.Dir, key+".token.new"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	save(t, s, recordOf("new"))
	entries, err := os.ReadDir(s.Dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if strings.HasSuffix(entry.Name(), ".new") {
			t.Errorf("%s is still there", entry.Name())
		}
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

// The cost of a hit is this, and the process around it.
func BenchmarkLoad(b *testing.B) {
	s := &Store{Dir: filepath.Join(b.TempDir(), "sesame")}
	lock, err := s.TryLock(key)
	if err != nil {
		b.Fatal(err)
	}
	defer lock.Unlock()
	if err := s.Save(key, recordOf(strings.Repeat("T", 800))); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Load(key); err != nil {
			b.Fatal(err)
		}
	}
}

// Room that is taken must be given back, and must not stand in the way of the record it is for.
func TestReservedRoomIsUsedByTheNextSave(t *testing.T) {
	s := newStore(t)
	save(t, s, recordOf("old"))
	if err := s.Reserve(key, 64<<10); err != nil {
		t.Fatal(err)
	}
	if r, err := s.Load(key); err != nil || r.Token.Value.Reveal() != "old" {
		t.Errorf("meanwhile: got %v and %v", r, err)
	}
	info, err := os.Stat(filepath.Join(s.Dir, key+".token.new"))
	if err != nil || info.Size() != 64<<10 || info.Mode().Perm() != 0o600 {
		t.Errorf("the reserve: %v and %v", info, err)
	}
	save(t, s, recordOf("new"))
	if r, err := s.Load(key); err != nil || r.Token.Value.Reveal() != "new" {
		t.Errorf("got %v and %v", r, err)
	}
	if _, err := os.Stat(filepath.Join(s.Dir, key+".token.new")); !os.IsNotExist(err) {
		t.Error("the reserve is still there")
	}
}
