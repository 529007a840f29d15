//go:build unix

package exec

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/sesame-auth/sesame/providers"
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

// put makes a file in a directory, with exactly these modes.
func put(t *testing.T, path string, dirMode, mode os.FileMode) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("#!/bin/sh\necho t1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for path, mode := range map[string]os.FileMode{path: mode, filepath.Dir(path): dirMode} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

// A project that a tool is started in must not choose what is executed with a person's
// secrets; whoever asks for gh means the first one in PATH, as in a shell.
func TestFindLooksInPathAndNowhereElse(t *testing.T) {
	base := ownedDir(t)
	first := put(t, base+"/first/gh", 0o755, 0o755)
	second := put(t, base+"/second/gh", 0o755, 0o755)
	text := put(t, base+"/text/gh", 0o755, 0o644)
	if err := os.MkdirAll(base+"/dir/gh", 0o755); err != nil {
		t.Fatal(err)
	}
	t.Chdir(filepath.Dir(first))
	join := func(dirs ...string) string { return strings.Join(dirs, ":") }
	for _, row := range []struct{ name, program, path, want, mention string }{
		{name: "the first", program: "gh", path: join(base+"/none", base+"/first", base+"/second"), want: first},
		{name: "the other order", program: "gh", path: join(base+"/second", base+"/first"), want: second},
		{name: "not what cannot be executed", program: "gh", path: join(filepath.Dir(text), base+"/dir", base+"/second"), want: second},
		{name: "an absolute path", program: second, path: base + "/first", want: second},
		{name: "one that goes up", program: base + "/first/../second/gh", want: second},
		{name: "not the working directory", program: "gh", path: ".", mention: "command gh is not in PATH"},
		{name: "not by an empty element", program: "gh", path: "::", mention: "is not in PATH"},
		{name: "not by a relative one", program: "gh", path: "../first", mention: "is not in PATH"},
		{name: "no PATH", program: "gh", mention: "is not in PATH"},
		{name: "a relative path", program: "./gh", path: base + "/first", mention: "want an absolute path, or a name"},
		{name: "a relative path further down", program: "first/gh", path: base, mention: "want an absolute path, or a name"},
		{name: "the directory above", program: "..", path: base + "/first", mention: "command .. is not in PATH"},
		{name: "a missing file", program: base + "/none", mention: "cannot look at " + base + "/none: no such file or directory"},
		{name: "a directory", program: base, mention: base + " is not a regular file"},
		{name: "the root", program: "/", mention: "/ is not a regular file"},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, err := find(row.program, row.path, os.Geteuid())
			if row.mention == "" {
				if err != nil || got != row.want {
					t.Errorf("found %s, error %v, want %s", got, err, row.want)
				}
				return
			}
			wantError(t, err, providers.ErrLoginRequired, row.mention)
		})
	}
}

// Whoever can write to the command, or to a directory on the way to it, can have a program of
// his own executed with every secret at hand.
func TestCommandIsRefusedWhereOthersCanReplaceIt(t *testing.T) {
	base := ownedDir(t)
	link := func(target, name string) string {
		path := filepath.Join(base, name)
		if err := os.Symlink(target, path); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := put(t, base+"/good/gh", 0o755, 0o755)
	open := put(t, base+"/open/gh", 0o777, 0o755)
	shared := put(t, base+"/it's shared/sub/gh", 0o755, 0o755)
	if err := os.Chmod(base+"/it's shared", 0o775); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct{ name, path, want, repair string }{
		{name: "owner's alone", path: good},
		{name: "a link to it", path: link(good, "link")},
		{name: "a relative link", path: link("good/../good/gh", "relative")},
		{name: "a link to its directory", path: link(filepath.Dir(good), "dir") + "/gh"},
		{name: "a writable directory", path: open, want: base + "/open can be written by other users (mode 0777)",
			repair: "chmod go-w " + base + "/open"},
		{name: "a link to a writable directory", path: link(open, "to-open"), want: base + "/open can be written"},
		{name: "a writable directory further up", path: shared, want: base + "/it's shared can be written by other users (mode 0775)",
			repair: "chmod go-w '" + base + `/it'\''s shared'`},
		{name: "writable by the group", path: put(t, base+"/good/group", 0o755, 0o775),
			want: "can be written by other users (mode 0775)", repair: "chmod go-w " + base + "/good/group"},
		{name: "writable by all", path: put(t, base+"/good/all", 0o755, 0o757), want: "(mode 0757)"},
		{name: "not executable", path: put(t, base+"/good/text", 0o755, 0o644), want: "is not executable",
			repair: "chmod +x " + base + "/good/text"},
		{name: "a link to itself", path: link("loop", "loop"), want: base + "/loop: too many symbolic links"},
	} {
		t.Run(row.name, func(t *testing.T) {
			token, err := Provider{}.Token(t.Context(), request(t, "token", []string{row.path}))
			if row.want == "" {
				if err != nil || token.Value.Reveal() != "t1" {
					t.Errorf("token %v, error %v", token, err)
				}
				return
			}
			if e := wantError(t, err, providers.ErrLoginRequired, row.want); row.repair != "" && e.Repair != row.repair {
				t.Errorf("repair %q, want %q", e.Repair, row.repair)
			}
		})
	}
	if _, err := find("gh", filepath.Dir(open)+":"+filepath.Dir(good), os.Geteuid()); err == nil {
		t.Error("the first in PATH is passed over in silence because others can write there")
	}
}

// A file of another user is that user's to replace, wherever it lies.
func TestCommandOfAnotherUserIsRefused(t *testing.T) {
	file := put(t, filepath.Join(ownedDir(t), "gh"), 0o755, 0o755)
	uid := os.Geteuid()
	if err := checkFile(file, uid); err != nil {
		t.Errorf("the user's own file: %v", err)
	}
	if uid == 0 {
		if err := os.Chown(file, 12345, -1); err != nil {
			t.Fatal(err)
		}
		wantError(t, checkFile(file, 0), providers.ErrLoginRequired, "belongs to user 12345")
		if err := checkFile(file, 12345); err != nil {
			t.Errorf("the user's own file, below directories of root's: %v", err)
		}
		return
	}
	wantError(t, checkFile(file, uid+1), providers.ErrLoginRequired, "belongs to user")
}

// What cannot be executed will not be later either, and only a person can help.
func TestCommandThatCannotBeExecutedIsAPersonsToMend(t *testing.T) {
	base := ownedDir(t)
	for name, content := range map[string]string{"interpreter": "#!/none/python\n", "format": "\x00\x01"} {
		path := put(t, filepath.Join(base, name), 0o755, 0o755)
		if err := os.WriteFile(path, []byte(content), 0o755); err != nil {
			t.Fatal(err)
		}
		_, err := Provider{}.Token(t.Context(), request(t, "token", []string{path}))
		wantError(t, err, providers.ErrLoginRequired, "command "+path+": it cannot be executed: ")
	}
}

// A machine that has no process to spare has one later: a person is not to be sent to mend the route.
func TestStartThatMayPassIsTriedAgain(t *testing.T) {
	for errno, kind := range map[syscall.Errno]bool{
		syscall.EAGAIN: false, syscall.ENOMEM: false, syscall.EMFILE: false, syscall.ETXTBSY: false,
		syscall.ENOENT: true, syscall.EACCES: true, syscall.ENOEXEC: true, syscall.E2BIG: true,
	} {
		err := cannotStart(&fs.PathError{Op: "fork/exec", Path: "/bin/gh", Err: errno})
		if errors.Is(err, providers.ErrLoginRequired) != kind || !strings.Contains(err.Error(), errno.Error()) {
			t.Errorf("%v: error %v", errno, err)
		}
	}
}
