package wiring

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sesame-auth/sesame/cmd/internal/programs"
	"github.com/sesame-auth/sesame/cmd/internal/shell"
)

// An oddFile is one that is to be refused.
type oddFile struct {
	name string
	make func(path string) error
	want string
}

// What is not a file that a person keeps here is refused, with a reason, and nothing is left behind.
func TestWhatIsNoFileOfAPersonsIsRefused(t *testing.T) {
	rows := slices.Concat(systemsOddFiles, []oddFile{
		{"a folder", func(path string) error { return os.Mkdir(path, 0o700) }, "is not a regular file"},
		{"read-only", func(path string) error { return os.WriteFile(path, nil, 0o400) }, "is read-only"},
		{"too large", func(path string) error {
			if err := os.WriteFile(path, nil, 0o600); err != nil {
				return err
			}
			return os.Truncate(path, maxFile+1)
		}, "is larger than 16 MiB"},
		{"in no folder", func(path string) error { return os.Remove(filepath.Dir(path)) }, "its folder is not there; to make it, type: mkdir "},
	})
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			b := newBench(t)
			folder := filepath.Join(b.home, "workspace")
			if err := os.Mkdir(folder, 0o700); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(folder, ".bazelrc")
			if err := row.make(path); err != nil {
				t.Fatal(err)
			}
			err := b.setup(Bazel{Programs: b.programs, File: path}).Write(t.Context())
			if err == nil || !strings.Contains(err.Error(), row.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("got %v, want %q", err, row.want)
			}
			if entries, _ := os.ReadDir(folder); len(entries) > 1 {
				t.Errorf("left behind: %v", entries)
			}
			if records, _ := filepath.Glob(filepath.Join(b.home, "state", "*.json")); len(records) > 0 {
				t.Errorf("remembered: %v", records)
			}
		})
	}
}

// The tool may write the file while a person reads the difference. That is not to be lost.
func TestAFileThatChangesMeanwhileIsNotWritten(t *testing.T) {
	b := newBench(t)
	path := b.write(".bazelrc", "build --x\n", 0o600)
	tool, err := Bazel{Programs: b.programs}.Tool()
	if err != nil {
		t.Fatal(err)
	}
	f, err := tool.place.read()
	if err != nil {
		t.Fatal(err)
	}
	b.write(".bazelrc", "build --y\n", 0o600)
	for name, err := range map[string]error{"replace": f.replace("ours\n"), "remove": f.remove(nil)} {
		if err == nil || !strings.Contains(err.Error(), "was changed by another program just now") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got, _ := read(t, path); got != "build --y\n" {
		t.Errorf("got %q", got)
	}
	if leftovers, _ := filepath.Glob(path + ".*"); len(leftovers) > 0 {
		t.Errorf("left behind: %v", leftovers)
	}
}

// git makes NAME.lock before it changes NAME. Who does not respect that loses what git writes.
func TestGitsLockIsRespected(t *testing.T) {
	programs.Need(t, "git", "git")
	b := newBench(t)
	path := b.write(".gitconfig", "[user]\n\tname = me\n", 0o600)
	lock := b.write(".gitconfig.lock", "git's", 0o600)
	err := b.setup(Git{Programs: b.programs}).Write(t.Context())
	if err == nil || !strings.Contains(err.Error(), "is being changed by another program; if none runs, type: "+shell.Remove(lock)) {
		t.Errorf("got %v", err)
	}
	if got, _ := read(t, path); got != "[user]\n\tname = me\n" {
		t.Errorf("the file is %q", got)
	}
	if got, _ := read(t, lock); got != "git's" {
		t.Errorf("the lock is %q", got)
	}
}

// What a killed one left must not stop the next, nor be what is renamed.
func TestALeftoverOfAKilledOneIsReplaced(t *testing.T) {
	b := newBench(t)
	path := b.write(".bazelrc", "build --x\n", 0o600)
	leftover := b.write(".bazelrc.sesame-new", "half", 0o644)
	b.change(Bazel{Programs: b.programs})
	if got, _ := read(t, path); !strings.HasPrefix(got, "build --x\n"+bazelBegin) {
		t.Errorf("got %q", got)
	}
	if _, err := os.Lstat(leftover); err == nil {
		t.Error("the leftover is still there")
	}
}

func TestAProgramIsFoundBesideSesameFirst(t *testing.T) {
	const name = "git-credential-sesame"
	rows := []struct {
		name            string
		beside, another bool // where there is one
		path            string
		want            program
		fails           bool
	}{
		{"beside, and in the PATH", true, false, "beside", program{"beside/" + name, true}, false},
		{"beside, and not in the PATH", true, false, "empty", program{"beside/" + name, false}, false},
		{"another version in the PATH", true, true, "another", program{"beside/" + name, false}, false},
		{"only in the PATH", false, true, "another", program{"another/" + name, true}, false},
		{"a link in the PATH", true, false, "links", program{"beside/" + name, true}, false},
		{"nowhere", false, false, "empty", program{}, true},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			b := newBench(t)
			if row.beside {
				b.write("beside/"+name+extension, "", 0o755)
			}
			if row.another {
				b.write("another/"+name+extension, "", 0o755)
			}
			if row.path == "links" {
				b.write("links/other", "", 0o644)
				link(t, "../beside/"+name+extension, filepath.Join(b.home, "links", name+extension))
			}
			t.Setenv("PATH", filepath.Join(b.home, row.path))
			got, err := find(filepath.Join(b.home, "beside"), name)
			if (err != nil) != row.fails {
				t.Fatal(err)
			}
			got.path = strings.TrimSuffix(strings.TrimPrefix(filepath.ToSlash(got.path), filepath.ToSlash(b.home)+"/"), extension)
			if got != row.want {
				t.Errorf("got %+v, want %+v", got, row.want)
			}
		})
	}
}
