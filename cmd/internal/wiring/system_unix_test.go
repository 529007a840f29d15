//go:build unix

package wiring

import (
	"io/fs"
	"os"
	"testing"
)

func wantMode(t *testing.T, path string, want fs.FileMode) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil || info.Mode() != want {
		t.Errorf("%s: mode %v, %v: want %v", path, info.Mode(), err, want)
	}
}

// link makes a symbolic link.
func link(t *testing.T, target, path string) {
	t.Helper()
	if err := os.Symlink(target, path); err != nil {
		t.Fatal(err)
	}
}

// oddFolders are names that a folder can have.
var oddFolders = []string{"opt", "a b", `q"u'o`, `back\slash`, "hash#dollar${HOME}"}
