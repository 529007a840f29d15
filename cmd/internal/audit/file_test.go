//go:build unix

package audit

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// fill makes the file so large that no line fits.
func fill(t *testing.T, path string, size int64) {
	t.Helper()
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, size); err != nil {
		t.Fatal(err)
	}
}

func sizeOf(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// appendMany has many writers append lines at once, each with its name and a number.
func appendMany(t *testing.T, path string, writers, lines int) {
	t.Helper()
	var group sync.WaitGroup
	for writer := range writers {
		group.Go(func() {
			line := full()
			line.Tool = strconv.Itoa(writer)
			for i := range lines {
				line.Operation = strconv.Itoa(i)
				if err := Append(path, &line); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
}

// numbers returns the numbers of each writer's lines, in both files. It fails where a line is not whole.
func numbers(t *testing.T, path string) map[string][]int {
	t.Helper()
	found := map[string][]int{}
	for _, name := range []string{Old(path), path} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range bytes.Lines(text) {
			if len(line) == 1 {
				continue
			}
			var l Line
			if err := json.Unmarshal(line, &l); err != nil {
				t.Fatalf("%s: %v: %q", name, err, line)
			}
			n, _ := strconv.Atoi(l.Operation)
			found[l.Tool] = append(found[l.Tool], n)
		}
	}
	return found
}

// A line that goes missing, or into another, when the file is renamed under its writers is one that
// somebody will look for.
func TestNoLineIsLostWhileTheFileIsRenamed(t *testing.T) {
	const writers, lines = 4, 500
	path := filepath.Join(t.TempDir(), "audit")
	// It is full in the midst of them, and the next is not.
	if err := os.WriteFile(path, bytes.Repeat([]byte("\n"), MaxSize-writers*lines*100), 0o600); err != nil {
		t.Fatal(err)
	}
	appendMany(t, path, writers, lines)
	for writer, got := range numbers(t, path) {
		for i, n := range got {
			if n != i {
				t.Fatalf("writer %s: line %d is at %d", writer, n, i)
			}
		}
		if len(got) != lines {
			t.Errorf("writer %s: %d lines", writer, len(got))
		}
	}
}

// A log that grows without end fills the disk of a build machine.
func TestFilesStayWithinTheirBound(t *testing.T) {
	const writers, lines = 4, 5000
	path := filepath.Join(t.TempDir(), "audit")
	appendMany(t, path, writers, lines)
	for writer, got := range numbers(t, path) {
		if !slices.IsSorted(got) {
			t.Errorf("writer %s: its lines are out of order", writer)
		}
	}
	for _, name := range []string{path, Old(path)} {
		if size := sizeOf(t, name); size > 2*MaxSize+writers*1024 {
			t.Errorf("%s has %d bytes", name, size)
		}
	}
}

// Whoever waits for a lock on a log file hangs a build.
func TestFullFileThatIsLockedIsNotWaitedFor(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit")
	fill(t, path, MaxSize)
	holder, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer holder.Close()
	if err := syscall.Flock(int(holder.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	line := full()
	if err := Append(path, &line); err != nil || sizeOf(t, path) <= MaxSize {
		t.Errorf("the line is not in the file: %v", err)
	}
	if err := os.Truncate(path, 2*MaxSize+1); err != nil {
		t.Fatal(err)
	}
	if err := Append(path, &line); err == nil || sizeOf(t, path) != 2*MaxSize+1 {
		t.Error("it grows without a bound")
	}
	holder.Close()
	if err := Append(path, &line); err != nil || sizeOf(t, path) > MaxSize || sizeOf(t, Old(path)) != 2*MaxSize+1 {
		t.Errorf("unlocked: %v", err)
	}
}

// The one who comes second must not rename the new file over the old one.
func TestFileThatAnotherRenamedIsNotRenamedAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit")
	fill(t, path, MaxSize)
	fd, _, err := open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(fd)
	line := full()
	if err := Append(path, &line); err != nil { // it renames the file that fd is
		t.Fatal(err)
	}
	if rotated, err := rotate(path, fd); !rotated || err != nil {
		t.Errorf("got %v, %v", rotated, err)
	}
	if sizeOf(t, Old(path)) != MaxSize || sizeOf(t, path) >= 1024 {
		t.Error("the new file was renamed over the old one")
	}
}

// The path comes from the environment: it must not lead a line into a file of somebody else's, nor
// hang.
func TestOnlyAPlainFileOfOnesOwnIsWrittenTo(t *testing.T) {
	dir := t.TempDir()
	target := filepath.Join(dir, "target")
	fill(t, target, 0)
	for _, row := range []struct {
		name, want string
		make       func(path string) error
	}{
		{"a link", "symbolic links", func(path string) error { return os.Symlink(target, path) }},
		{"a FIFO", "", func(path string) error { return syscall.Mkfifo(path, 0o600) }},
		{"a folder", "is a directory", func(path string) error { return os.Mkdir(path, 0o700) }},
		{"others write", "chmod go-w", func(path string) error {
			fill(t, path, 0)
			return os.Chmod(path, 0o620)
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			path := filepath.Join(dir, strings.ReplaceAll(row.name, " ", "-"))
			if err := row.make(path); err != nil {
				t.Fatal(err)
			}
			line := full()
			err := Append(path, &line)
			if err == nil || !strings.Contains(err.Error(), row.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("got %v", err)
			}
		})
	}
	if sizeOf(t, target) != 0 {
		t.Error("the target of the link was written to")
	}
	line := full()
	if err := Append("audit", &line); err == nil {
		t.Error("a path in the tool's own folder was taken")
	}
}

func TestFileIsItsOwnersAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit")
	line := full()
	if err := Append(path, &line); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got %v, %v", info.Mode(), err)
	}
}

func TestToolIsTheParent(t *testing.T) {
	want, err := os.ReadFile("/proc/" + strconv.Itoa(os.Getppid()) + "/comm")
	if err != nil {
		t.Skip("the system does not tell")
	}
	if got := Tool(); got != strings.TrimSpace(string(want)) {
		t.Errorf("got %q, want %q", got, want)
	}
}
