//go:build unix

package host

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// ownedDir returns a directory that nobody else can write to, as far as the machine allows.
func ownedDir(t *testing.T) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Dir(dir), dir} {
		if err := os.Chmod(path, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// put makes a file, and its directories, with exactly these modes.
func put(t *testing.T, path, content string, dirMode, mode os.FileMode) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Dir(path), dirMode); err != nil {
		t.Fatal(err)
	}
	return path
}

// Whoever can write to the plugin, or to a directory on the way to it, can have a program of
// his own executed with every token at hand.
func TestCheckFileRefusesWhatOthersCanReplace(t *testing.T) {
	base := ownedDir(t)
	link := func(target, name string) string {
		path := filepath.Join(base, name)
		if err := os.Symlink(target, path); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := put(t, filepath.Join(base, "good", "plugin"), "", 0o755, 0o755)
	open := put(t, filepath.Join(base, "open", "plugin"), "", 0o777, 0o755)
	shared := put(t, filepath.Join(base, "it's shared", "sub", "plugin"), "", 0o755, 0o755)
	if err := os.Chmod(filepath.Join(base, "it's shared"), 0o775); err != nil {
		t.Fatal(err)
	}
	rows := []struct {
		name, path, want, repair string
	}{
		{name: "owner's alone", path: good},
		{name: "a link to it", path: link(good, "link")},
		{name: "a relative link", path: link("good/../good/plugin", "relative")},
		{name: "a link to its directory", path: filepath.Join(link(filepath.Dir(good), "dir"), "plugin")},
		{name: "a writable directory", path: open, want: base + "/open can be written by other users (mode 0777)",
			repair: "chmod go-w " + base + "/open"},
		{name: "a link to a writable directory", path: link(open, "to-open"), want: base + "/open can be written"},
		{name: "a writable directory further up", path: shared, want: base + "/it's shared can be written by other users (mode 0775)",
			repair: "chmod go-w '" + base + `/it'\''s shared'`},
		{name: "writable by the group", path: put(t, filepath.Join(base, "good", "group"), "", 0o755, 0o775),
			want: "can be written by other users (mode 0775)", repair: "chmod go-w " + base + "/good/group"},
		{name: "writable by all", path: put(t, filepath.Join(base, "good", "all"), "", 0o755, 0o757), want: "(mode 0757)"},
		{name: "not executable", path: put(t, filepath.Join(base, "good", "text"), "", 0o755, 0o644), want: "is not executable"},
		{name: "a directory", path: filepath.Dir(good), want: "is not a regular file"},
		{name: "missing", path: filepath.Join(base, "good", "none"), want: "no such file or directory"},
		{name: "a link to itself", path: link("loop", "loop"), want: "too many symbolic links"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			path, err := checkFile(row.path, os.Geteuid())
			if row.want == "" {
				if err != nil || path != good {
					t.Errorf("checkFile = %s, %v; want %s", path, err, good)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("error %v, want %q", err, row.want)
			}
			if e, ok := errors.AsType[*repairError](err); row.repair != "" && (!ok || e.command != row.repair) {
				t.Errorf("the repair of %v is not %q", err, row.repair)
			}
		})
	}
}

// A file of another user is that user's to replace, wherever it lies; one in a sticky
// directory of root's is its owner's.
func TestCheckOwnerKnowsWhoCanReplaceAFile(t *testing.T) {
	file := put(t, filepath.Join(ownedDir(t), "plugin"), "", 0o755, 0o755)
	info, err := os.Lstat(file)
	if err != nil {
		t.Fatal(err)
	}
	uid := os.Geteuid()
	if err := checkOwner(file, info, uid); err != nil {
		t.Errorf("the user's own file: %v", err)
	}
	if uid != 0 {
		if err := checkOwner(file, info, uid+1); err == nil {
			t.Error("another user's file is accepted")
		}
		return
	}
	if err := os.Chown(file, 12345, 12345); err != nil {
		t.Fatal(err)
	}
	_, err = checkFile(file, 0)
	e, ok := errors.AsType[*repairError](err)
	if !ok || !strings.Contains(e.cause, "belongs to user 12345") || e.command != "sudo chown root "+file {
		t.Errorf("another user's file: %v", err)
	}
	if _, err := checkFile(file, 12345); err != nil {
		t.Errorf("the user's own file below root's directories: %v", err)
	}
	sticky := filepath.Dir(file)
	for _, row := range []struct {
		owner int
		ok    bool
	}{{0, true}, {12345, false}} {
		if err := errors.Join(os.Chown(sticky, row.owner, 0), os.Chmod(sticky, 0o777|os.ModeSticky)); err != nil {
			t.Fatal(err)
		}
		if _, err := checkFile(file, 12345); (err == nil) != row.ok {
			t.Errorf("in a sticky directory of user %d: %v", row.owner, err)
		}
	}
}

func TestOpenRefusesWhatIsNoProgram(t *testing.T) {
	dir := ownedDir(t)
	for _, row := range []struct{ name, path, want string }{
		{"relative", "plugin", "the path is not absolute"},
		{"missing", dir + "/none", dir + "/none: no such file or directory"}, // which is said once
		{"no program", put(t, dir+"/text", "text", 0o755, 0o755), "it cannot be executed: exec format error"},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := newWorld(t, "/good")
			w.plugin.Path = row.path
			if e := w.openError(t.Context()); !strings.Contains(e.Message, row.want) {
				t.Errorf("error %q, want %q", e.Message, row.want)
			}
			w.noSocket()
		})
	}
	w := newWorld(t, "/good")
	w.plugin.Path = put(t, dir+"/all", "", 0o755, 0o777)
	e := w.openError(t.Context())
	if want := "plugin " + w.plugin.Name + ": " + w.plugin.Path + ": can be written by other users (mode 0777)"; e.Message != want {
		t.Errorf("error %q, want %q", e.Message, want)
	}
	if e.Repair != "chmod go-w "+w.plugin.Path {
		t.Errorf("the repair is %q", e.Repair)
	}
}

// A socket's path over 103 bytes is refused by the kernel, with an error that nobody
// understands.
func TestSocketDirIsShortAndPrivate(t *testing.T) {
	short := t.TempDir()
	long := filepath.Join(short, strings.Repeat("d", maxSocketPath))
	if err := os.Mkdir(long, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct{ name, temp, want string }{
		{"short", "/tmp", "/tmp"},
		{"long", long, "/tmp"},
	} {
		t.Run(row.name, func(t *testing.T) {
			dir, err := socketDir(row.temp)
			if err != nil {
				t.Fatal(err)
			}
			defer os.Remove(dir)
			info, err := os.Stat(dir)
			if err != nil || info.Mode().Perm() != 0o700 || filepath.Dir(dir) != row.want {
				t.Errorf("%s: mode %v, error %v; want 0700 below %s", dir, info.Mode(), err, row.want)
			}
			if n := len(dir) + socketName; n > maxSocketPath {
				t.Errorf("a socket in %s may have a path of %d bytes", dir, n)
			}
		})
	}
	if _, err := socketDir("/nonexistent"); err == nil {
		t.Error("no error for a directory that is not there")
	}
}

// A host that is killed cannot clean up; a thousand of them would fill the folder.
func TestWhatKilledHostsLeftIsSwept(t *testing.T) {
	gone := exec.Command("true")
	if err := gone.Run(); err != nil {
		t.Fatal(err)
	}
	temp := t.TempDir()
	dead := filepath.Join(temp, fmt.Sprintf("%s%d-1", dirPrefix, gone.Process.Pid))
	stays := []string{
		filepath.Join(temp, fmt.Sprintf("%s%d-1", dirPrefix, os.Getpid())),
		filepath.Join(temp, dirPrefix+"programs-1"), filepath.Join(temp, "other-1-1"),
	}
	for _, dir := range append(stays, dead) {
		if err := os.MkdirAll(filepath.Join(dir, "plugin-dir1"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	sweep(temp)
	if _, err := os.Stat(dead); !os.IsNotExist(err) {
		t.Errorf("%s is still there", dead)
	}
	for _, dir := range stays {
		if _, err := os.Stat(dir); err != nil {
			t.Errorf("it is not ours to remove: %v", err)
		}
	}
}
