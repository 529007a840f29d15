//go:build amd64 || arm64

package system

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// paths are what a call may be given, in a folder.
func paths(t *testing.T) map[string]string {
	t.Helper()
	dir := t.TempDir()
	file, link := filepath.Join(dir, "file"), filepath.Join(dir, "link")
	if err := os.WriteFile(file, []byte("text"), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(file, link); err != nil {
		t.Fatal(err)
	}
	far := dir + strings.Repeat("/.", 200) + "/file"
	return map[string]string{
		"a file": file, "a link": link, "a folder": dir, "nothing": filepath.Join(dir, "none"), "below a file": file + "/x",
		"a NUL in it": file + "\x00", "empty": "", "of many characters": far, "one too long": dir + "/" + strings.Repeat("x", 300),
		"a byte too long for the buffer": dir + strings.Repeat("/", 256-len(dir)-len("file")) + "file",
		"just short enough":              dir + strings.Repeat("/", 255-len(dir)-len("file")) + "file",
	}
}

// A front that reads another file than the whole program, or misses an error, is worth no page fault.
func TestCallsAreThoseOfPackageSyscall(t *testing.T) {
	for name, path := range paths(t) {
		t.Run(name, func(t *testing.T) {
			for _, call := range []struct {
				name       string
				ours, same func(string, *syscall.Stat_t) error
			}{{"stat", Stat, syscall.Stat}, {"lstat", Lstat, syscall.Lstat}} {
				var got, want syscall.Stat_t
				gotErr, wantErr := call.ours(path, &got), call.same(path, &want)
				if gotErr != wantErr || got != want {
					t.Errorf("%s: %v and %+v, want %v and %+v", call.name, gotErr, got, wantErr, want)
				}
			}
			fd, err := Open(path, syscall.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_CLOEXEC, 0)
			other, want := syscall.Open(path, syscall.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_CLOEXEC, 0)
			if err != want {
				t.Errorf("open: %v, want %v", err, want)
			}
			if err == nil {
				syscall.Close(fd)
				syscall.Close(other)
			}
		})
	}
}

func TestOpenMakesAFileOfTheModeThatIsAskedFor(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new")
	fd, err := Open(path, syscall.O_WRONLY|syscall.O_CREAT|syscall.O_EXCL|syscall.O_CLOEXEC, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	file := os.NewFile(uintptr(fd), path)
	defer file.Close()
	if _, err := io.WriteString(file, "text"); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode() != 0o600 || info.Size() != 4 {
		t.Errorf("%v, %v", info, err)
	}
}

// What it is for.
func TestCallsNeedNoHeap(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none")
	var st syscall.Stat_t
	if n := testing.AllocsPerRun(10, func() { _ = Stat(path, &st) }); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}
