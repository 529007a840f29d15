package static

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/acl/acltest"
)

// A file that others can read or replace holds no secret.
func TestFileIsRefusedUnlessItIsTheUsersAlone(t *testing.T) {
	for _, test := range []struct {
		name, list, content string
		mention, repair     string // "" if it is read
	}{
		{name: "the user's alone", list: acltest.Own, content: "t1"},
		{name: "all may read", list: acltest.Readable, content: "t1", mention: "is open to ",
			repair: `icacls "FILE" /inheritance:d /remove:g *S-1-1-0`},
		{name: "all may write", list: acltest.Writable, content: "t1", mention: "is open to ",
			repair: `icacls "FILE" /inheritance:d /remove:g *S-1-1-0`},
		{name: "empty", list: acltest.Own, content: "\r\n", mention: "FILE is empty"},
		{name: "64 KiB", list: acltest.Own, content: strings.Repeat("x", maxSecret)},
		{name: "more than 64 KiB", list: acltest.Own, content: strings.Repeat("x", maxSecret+1), mention: "64 KiB"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			acltest.Give(t, dir, acltest.Own)
			path := filepath.Join(dir, "secret")
			if err := os.WriteFile(path, []byte(test.content), 0o600); err != nil {
				t.Fatal(err)
			}
			acltest.Give(t, path, test.list)
			token, err := Provider{}.Token(t.Context(), request("", text("secret_file", path)))
			if test.mention == "" {
				if err != nil || token.Value.Reveal() != test.content {
					t.Errorf("got %v, %v", token, err)
				}
				return
			}
			in := strings.NewReplacer("FILE", path)
			e, ok := errors.AsType[*providers.Error](err)
			if !ok || e.Kind != providers.ErrLoginRequired || !strings.Contains(e.Message, in.Replace(test.mention)) ||
				e.Repair != in.Replace(test.repair) {
				t.Errorf("got %#v, want %q and %q", err, test.mention, test.repair)
			}
		})
	}
}

func TestFolderIsNoSecret(t *testing.T) {
	_, err := Provider{}.Token(t.Context(), request("", text("secret_file", t.TempDir())))
	if err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("got %v", err)
	}
}
