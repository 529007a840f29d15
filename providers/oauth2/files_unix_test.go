//go:build unix

package oauth2

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/sesame-auth/sesame/providers"
)

// A secret that others can read is nobody's secret; a token that a cluster mounts often is
// readable by all in the container.
func TestOnlyOwnedFilesMustBeClosedToOthers(t *testing.T) {
	path := write(t, "secret")
	for mode, want := range map[os.FileMode]bool{0o600: true, 0o400: true, 0o640: false, 0o604: false, 0o620: false, 0o644: false} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		_, err := readOwned("x", path)
		if (err == nil) != want {
			t.Errorf("mode %v: %v", mode, err)
		}
		if err != nil {
			if e := wantError(t, err, providers.ErrLoginRequired, "is open to other users"); e.Repair != "chmod 600 "+path {
				t.Errorf("repair %q", e.Repair)
			}
		}
		if _, err := readGiven("x", path); err != nil {
			t.Errorf("mode %v, given: %v", mode, err)
		}
	}
}

func TestFileOfAnotherUserIsRefused(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give a file away")
	}
	path := write(t, "secret")
	if err := os.Chown(path, 65534, 65534); err != nil {
		t.Fatal(err)
	}
	_, err := readOwned("x", path)
	wantError(t, err, providers.ErrLoginRequired, "belongs to another user")
}

// A pipe that nobody writes to would hang the plugin.
func TestPipeIsRefusedAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := readGiven("x", path)
	wantError(t, err, providers.ErrLoginRequired, "is not a regular file")
}

// Mounted secrets are links.
func TestLinkIsFollowed(t *testing.T) {
	path := write(t, "secret")
	link := path + ".link"
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	if got, err := readOwned("x", link); err != nil || got.Reveal() != "secret" {
		t.Errorf("%q, %v", got.Reveal(), err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := readOwned("x", link); err == nil {
		t.Error("a link hides that its file is open to others")
	}
}
