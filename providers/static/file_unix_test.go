//go:build unix

package static

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/sesame-auth/sesame/providers"
)

// A file that others can read or replace holds no secret; a FIFO would hang the build.
func TestFileIsRefusedUnlessItIsTheOwnersAlone(t *testing.T) {
	tests := []struct {
		name    string
		prepare func(t *testing.T, path string) error
		value   string
		mention string
		repair  string
	}{
		{name: "0600", value: "t1", prepare: mode(0o600)},
		{name: "0400", value: "t1", prepare: mode(0o400)},
		{name: "group may read", prepare: mode(0o640), mention: "mode 0640", repair: "chmod 600 FILE"},
		{name: "others may read", prepare: mode(0o604), mention: "mode 0604", repair: "chmod 600 FILE"},
		{name: "all may read", prepare: mode(0o444), mention: "mode 0444", repair: "chmod 600 FILE"},
		{name: "group may write", prepare: mode(0o620), mention: "mode 0620", repair: "chmod 600 FILE"},
		{name: "link to the file", value: "t1", prepare: func(t *testing.T, path string) error {
			return os.Symlink(write(t, "t1"), path)
		}},
		{name: "link to a file that all may read", mention: "mode 0644", repair: "chmod 600 FILE",
			prepare: func(t *testing.T, path string) error {
				target := write(t, "t1")
				return errors.Join(os.Chmod(target, 0o644), os.Symlink(target, path))
			}},
		{name: "link to itself", mention: "open FILE", prepare: func(_ *testing.T, path string) error {
			return os.Symlink(path, path)
		}},
		{name: "directory", mention: "not a regular file", prepare: func(_ *testing.T, path string) error {
			return os.Mkdir(path, 0o700)
		}},
		{name: "FIFO", mention: "not a regular file", prepare: func(_ *testing.T, path string) error {
			return syscall.Mkfifo(path, 0o600)
		}},
		{name: "empty", mention: "FILE is empty", repair: "(umask 077; cat >FILE)", prepare: content("\n")},
		{name: "missing", mention: "open FILE: no such file", repair: "(umask 077; cat >FILE)",
			prepare: func(*testing.T, string) error { return nil }},
		{name: "64 KiB", value: strings.Repeat("x", maxSecret), prepare: content(strings.Repeat("x", maxSecret))},
		{name: "more than 64 KiB", mention: "64 KiB", prepare: content(strings.Repeat("x", maxSecret+1))},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "secret")
			if err := test.prepare(t, path); err != nil {
				t.Fatal(err)
			}
			token, err := Provider{}.Token(t.Context(), request("", text("secret_file", path)))
			if test.mention == "" {
				if err != nil || token.Value.Reveal() != test.value {
					t.Fatalf("error %v, want the token", err)
				}
				return
			}
			e, ok := errors.AsType[*providers.Error](err)
			if !ok || !errors.Is(err, providers.ErrLoginRequired) {
				t.Fatalf("error %v, want %v", err, providers.ErrLoginRequired)
			}
			if want := strings.ReplaceAll(test.mention, "FILE", path); !strings.Contains(e.Message, want) {
				t.Errorf("message %q does not mention %q", e.Message, want)
			}
			if want := strings.ReplaceAll(test.repair, "FILE", path); e.Repair != want {
				t.Errorf("repair %q, want %q", e.Repair, want)
			}
		})
	}
}

func mode(bits os.FileMode) func(*testing.T, string) error {
	return func(_ *testing.T, path string) error {
		return errors.Join(os.WriteFile(path, []byte("t1\n"), 0o600), os.Chmod(path, bits))
	}
}

func content(text string) func(*testing.T, string) error {
	return func(_ *testing.T, path string) error { return os.WriteFile(path, []byte(text), 0o600) }
}

// Whoever owns the file can change the token, whatever its mode says.
func TestFileOfAnotherUserIsRefused(t *testing.T) {
	me := uint32(syscall.Geteuid())
	tests := []struct {
		name string
		uid  uint32
		want bool
	}{
		{"mine", me, true}, {"root's", 0, true}, {"another's", me + 1, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			st := syscall.Stat_t{Mode: syscall.S_IFREG | 0o600, Uid: test.uid, Size: 2}
			if err := checkOwned("FILE", &st); (err == nil) != test.want {
				t.Errorf("error %v, want accepted: %v", err, test.want)
			}
		})
	}
}

// A file that grows while it is read is half written, and half of it is no token.
func TestFileThatGrowsIsNotRead(t *testing.T) {
	path := write(t, "t1-and-more")
	fd, err := open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(fd)
	if _, err := readAll(fd, path, 2); !errors.Is(err, providers.ErrUnavailable) {
		t.Errorf("error %v, want %v", err, providers.ErrUnavailable)
	}
}

// The command is for what is in the way: a folder that is missing, a mode that keeps even the owner out, another owner.
func TestRepairIsForWhatIsInTheWay(t *testing.T) {
	mine := write(t, "t1")
	for _, row := range []struct {
		name, path string
		err        error
		want       string
	}{
		{"its folder is missing", "/nowhere/to be/found", syscall.ENOENT, "(umask 077; mkdir -p '/nowhere/to be' && cat >'/nowhere/to be/found')"},
		{"below the root", "/none", syscall.ENOENT, "(umask 077; cat >/none)"},
		{"mine is closed", mine, syscall.EACCES, "chmod 600 " + mine},
		{"a folder is closed", "/nowhere/found", syscall.EACCES, ""},
		{"something else", mine, syscall.ELOOP, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := repairOf(row.path, row.err); got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}
