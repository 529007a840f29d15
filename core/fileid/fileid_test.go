package fileid

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// A change that is not seen leaves thousands of builds on an old configuration.
func TestEveryChangeOfAFileChangesItsIdentity(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	seen := map[string]string{}
	step := func(name string, change func() error) {
		t.Helper()
		if err := change(); err != nil {
			t.Fatal(err)
		}
		identity, _ := Of(path)
		if before, ok := seen[identity]; ok {
			t.Errorf("after %q it has the identity of %q", name, before)
		}
		seen[identity] = name
	}
	step("nothing there", func() error { return nil })
	step("made", func() error { return os.WriteFile(path, []byte("a"), 0o600) })
	step("longer", func() error { return os.WriteFile(path, []byte("ab"), 0o600) })
	step("another mode", func() error { return os.Chmod(path, 0o640) })
	step("another file of the same size", func() error {
		if err := os.WriteFile(path+".new", []byte("ab"), 0o640); err != nil {
			return err
		}
		return os.Rename(path+".new", path)
	})
	if runtime.GOOS == "windows" {
		return // which lets few make links
	}
	step("a link to it", func() error {
		if err := os.Rename(path, path+".target"); err != nil {
			return err
		}
		return os.Symlink(path+".target", path)
	})
}

func TestExistsIsFalseOnlyWhereNothingHasTheName(t *testing.T) {
	dir := t.TempDir()
	for path, want := range map[string]bool{
		dir: true, filepath.Join(dir, "none"): false, filepath.Join(dir, "none", "none"): false,
	} {
		if _, exists := Of(path); exists != want {
			t.Errorf("%s: %v, want %v", path, exists, want)
		}
	}
}
