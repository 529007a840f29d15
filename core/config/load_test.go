//go:build unix

package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/core/routes"
)

// directory returns a new one that only its owner can write to, whatever the umask.
func directory(t *testing.T) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	chmod(t, dir, 0o700)
	return dir
}

func chmod(t *testing.T, path string, mode os.FileMode) {
	t.Helper()
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, path, text string, mode os.FileMode) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	chmod(t, path, mode)
	return path
}

// A file that others may only read, links to it included, is an ordinary one.
func TestLoadReadsAnOwnedFile(t *testing.T) {
	dir, dotfiles := directory(t), directory(t)
	file := write(t, filepath.Join(dotfiles, "config.toml"), small, 0o644)
	link := filepath.Join(dir, "config.toml")
	if err := os.Symlink(file, link); err != nil {
		t.Fatal(err)
	}
	want := mustParse(t, small)
	for _, path := range []string{file, link} {
		got, err := Load(path, profiles())
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("Load(%s) is %+v, %v, want %+v", path, got, err, want)
		}
	}
}

// Whether a missing file is an error, the caller must be able to decide.
func TestLoadTellsAMissingFile(t *testing.T) {
	path := filepath.Join(directory(t), "config.toml")
	if _, err := Load(path, profiles()); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), path) {
		t.Errorf("Load of a missing file: %v", err)
	}
	if c, err := Load("", profiles()); err != nil || !reflect.DeepEqual(c, routes.Config{}) {
		t.Errorf("Load of no file is %+v, %v", c, err)
	}
}

// Whoever can write the file chooses which programs sesame starts; each refusal
// names the command that repairs it.
func TestLoadRefusesWhatOthersCouldHaveWritten(t *testing.T) {
	for _, test := range []struct {
		name          string
		file, holding os.FileMode
		want          string // "" if it is fine; FILE and DIR stand for the paths
	}{
		{"group can write", 0o620, 0o700, "configuration FILE: other users can write to FILE, its mode is 0620: run: chmod go-w FILE"},
		{"all can write", 0o602, 0o700, "configuration FILE: other users can write to FILE, its mode is 0602: run: chmod go-w FILE"},
		{"group can exchange it", 0o600, 0o770, "configuration FILE: other users can write to DIR, its mode is 0770: run: chmod go-w DIR"},
		{"all can exchange it", 0o600, 0o707, "configuration FILE: other users can write to DIR, its mode is 0707: run: chmod go-w DIR"},
		{"sticky directory", 0o600, 0o777 | os.ModeSticky, ""},
		{"others can read", 0o644, 0o755, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := directory(t)
			path := write(t, filepath.Join(dir, "config.toml"), small, test.file)
			chmod(t, dir, test.holding)
			want := strings.NewReplacer("FILE", path, "DIR", dir).Replace(test.want)
			_, err := Load(path, profiles())
			if got := message(err); got != want {
				t.Errorf("Load: %q, want %q", got, want)
			}
		})
	}
}

// A link in a directory of ours may lead to one where others write.
func TestLoadChecksBothEndsOfALink(t *testing.T) {
	for _, open := range []string{"link", "target"} {
		t.Run(open, func(t *testing.T) {
			dirs := map[string]string{"link": directory(t), "target": directory(t)}
			file := write(t, filepath.Join(dirs["target"], "config.toml"), small, 0o600)
			link := filepath.Join(dirs["link"], "config.toml")
			if err := os.Symlink(file, link); err != nil {
				t.Fatal(err)
			}
			chmod(t, dirs[open], 0o777)
			_, err := Load(link, profiles())
			if want := "run: chmod go-w " + dirs[open]; err == nil || !strings.HasSuffix(err.Error(), want) {
				t.Errorf("Load: %v, want an error that ends with %q", err, want)
			}
		})
	}
}

// A FIFO without a writer would hang the build, a directory has no content, and a file
// without an end would take all memory.
func TestLoadRefusesWhatIsNoSmallFile(t *testing.T) {
	dir := directory(t)
	fifo := filepath.Join(dir, "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	large := write(t, filepath.Join(dir, "large"), "#"+strings.Repeat("x", maxSize), 0o600)
	full := write(t, filepath.Join(dir, "full"), "#"+strings.Repeat("x", maxSize-1), 0o600)
	for _, test := range []struct{ path, want string }{
		{fifo, "configuration " + fifo + ": not a regular file"},
		{dir, "configuration " + dir + ": not a regular file"},
		{large, "configuration " + large + ": larger than 4 MiB"},
		{full, ""},
		{"config.toml", "configuration config.toml: want an absolute path without control characters"},
		{"/a\x1bb", `configuration "/a\x1bb": want an absolute path without control characters`},
	} {
		if _, err := Load(test.path, profiles()); message(err) != test.want {
			t.Errorf("Load(%q): %q, want %q", test.path, message(err), test.want)
		}
	}
}

// fakeInfo describes a file of any owner, which a test cannot make.
type fakeInfo struct {
	mode fs.FileMode
	uid  uint32
}

func (i fakeInfo) Name() string       { return "x" }
func (i fakeInfo) Size() int64        { return 0 }
func (i fakeInfo) Mode() fs.FileMode  { return i.mode }
func (i fakeInfo) ModTime() time.Time { return time.Time{} }
func (i fakeInfo) IsDir() bool        { return i.mode.IsDir() }
func (i fakeInfo) Sys() any           { return &syscall.Stat_t{Uid: i.uid} }

// A file of another user is not ours, whatever its mode; one of root's is as good as ours.
func TestChecksKnowTheOwner(t *testing.T) {
	const me, other, root = 1000, 1001, 0
	const dir, sticky = fs.ModeDir, fs.ModeDir | fs.ModeSticky
	for _, test := range []struct {
		name string
		info fakeInfo
		uid  int
		want string
	}{
		{"mine", fakeInfo{0o644, me}, me, ""},
		{"root's", fakeInfo{0o644, root}, me, ""},
		{"another's", fakeInfo{0o600, other}, me, "/it's belongs to user 1001, neither to you nor to root: run: sudo chown 1000 '/it'\\''s'"},
		{"another's, for root", fakeInfo{0o600, other}, root, "/it's belongs to user 1001, neither to you nor to root: run: sudo chown 0 '/it'\\''s'"},
		{"root's, open", fakeInfo{0o664, root}, me, "other users can write to /it's, its mode is 0664: run: sudo chmod go-w '/it'\\''s'"},
		{"my directory", fakeInfo{dir | 0o755, me}, me, ""},
		{"root's directory", fakeInfo{dir | 0o755, root}, me, ""},
		{"another's directory", fakeInfo{dir | 0o700, other}, me, "/it's belongs to user 1001, neither to you nor to root: run: sudo chown 1000 '/it'\\''s'"},
		{"root's sticky directory", fakeInfo{sticky | 0o777, root}, me, ""},
		{"another's sticky directory", fakeInfo{sticky | 0o777, other}, me, "/it's belongs to user 1001, neither to you nor to root: run: sudo chown 1000 '/it'\\''s'"},
	} {
		t.Run(test.name, func(t *testing.T) {
			check := checkFile
			if test.info.IsDir() {
				check = checkDirectory
			}
			if got := message(check(test.info, "/it's", test.uid)); got != test.want {
				t.Errorf("the check says %q, want %q", got, test.want)
			}
		})
	}
}
