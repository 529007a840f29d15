//go:build linux

package oidc

import (
	"os"
	"path/filepath"
	"testing"
)

// Whoever moves the lock file on must not go on testing with the packages of before.
func TestPackagesOfAnotherLockFileAreInstalledAgain(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name    string
		content []byte
		want    bool
	}{
		{"the same", lock, true},
		{"another", append([]byte("\n"), lock...), false},
		{"a part of it", lock[:len(lock)/2], false},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "package-lock.json"), row.content, 0o600); err != nil {
			t.Fatal(err)
		}
		if got := installed(dir); got != row.want {
			t.Errorf("%s: installed is %v, want %v", row.name, got, row.want)
		}
	}
	if installed(t.TempDir()) {
		t.Error("an empty directory counts as installed")
	}
}
