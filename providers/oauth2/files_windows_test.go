package oauth2

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/acl/acltest"
)

// A secret that others can read is nobody's secret; who reads a token that the machine was given is
// the affair of whoever gives it.
func TestOnlyOwnedFilesMustBeClosedToOthers(t *testing.T) {
	dir := t.TempDir()
	acltest.Give(t, dir, acltest.Own)
	path := filepath.Join(dir, "secret")
	if err := os.WriteFile(path, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	for list, want := range map[string]bool{acltest.Own: true, acltest.Readable: false, acltest.Writable: false} {
		acltest.Give(t, path, list)
		_, err := readOwned("x", path)
		if (err == nil) != want {
			t.Errorf("%s: %v", list, err)
		}
		if err != nil {
			if e := wantError(t, err, providers.ErrLoginRequired, "is open to "); !strings.HasPrefix(e.Repair, "icacls ") {
				t.Errorf("repair %q", e.Repair)
			}
		}
		if _, err := readGiven("x", path); err != nil {
			t.Errorf("%s, given: %v", list, err)
		}
	}
}
