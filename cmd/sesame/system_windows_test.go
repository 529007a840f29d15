package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/windows"

	"github.com/sesame-auth/sesame/cmd/internal/front"
	"github.com/sesame-auth/sesame/providers/acl"
	"github.com/sesame-auth/sesame/providers/acl/acltest"
)

// root is where an absolute path begins, as people write it.
const root = "C:/"

// A .bazelrc that comes from another system has a name that Bazel does not find here.
func TestNameWithoutExtensionIsNoneForBazel(t *testing.T) {
	c := newTooled(t)
	write(t, filepath.Join(c.cwd, ".bazelrc"), "common --credential_helper=bazel-credential-sesame", 0o600)
	wantFindings(t, checkBazel(c), "warning looks for a file with the very name bazel-credential-sesame", "ok every host")
}

// What another user can read or write is found by the access list, and repaired by a command of Windows.
func TestLogIsJudgedByItsAccessList(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "logs")
	path := filepath.Join(dir, "audit log")
	for _, row := range []struct {
		name, folder, file string
		mode               fs.FileMode
		status, repair     string
	}{
		{"of the user alone", "", acltest.Own, 0o600, "", ""},
		{"that others read", "", acltest.Readable, 0o600, statusWarning, `icacls "` + path + `" /inheritance:d /remove:g *S-1-1-0`},
		{"that others write", "", acltest.Writable, 0o600, statusFault, `icacls "` + path + `" /inheritance:d /remove:g *S-1-1-0`},
		{"in a folder of others", acltest.Writable, acltest.Own, 0o600, statusWarning, `icacls "` + dir + `" /inheritance:d`},
		{"that is read-only", "", acltest.Own, 0o400, statusFault, `attrib -r "` + path + `"`},
	} {
		t.Run(row.name, func(t *testing.T) {
			privateFolder(t, dir)
			write(t, path, "", 0o600)
			acltest.Give(t, path, row.file)
			if row.folder != "" {
				acltest.Give(t, dir, row.folder)
			}
			if err := os.Chmod(path, row.mode); err != nil {
				t.Fatal(err)
			}
			found := checkLogFile("SESAME_LOG_FILE", path)
			if row.status == "" {
				wantFindings(t, found)
				return
			}
			if len(found) != 1 || found[0].Status != row.status || !strings.HasPrefix(found[0].Repair, row.repair) {
				t.Errorf("got %+v, want %s, to be repaired by %s", found, row.status, row.repair)
			}
		})
	}
}

// privateFolder makes a folder, in the place of one that is there, that hands nothing of the one above on.
func privateFolder(t *testing.T, dir string) {
	t.Helper()
	own, err := acl.Own(true)
	if err == nil {
		err = os.RemoveAll(dir)
	}
	if err == nil {
		err = windows.CreateDirectory(windows.StringToUTF16Ptr(dir), own)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// A store that the programs refuse is a fault, with the command that their message has.
func TestFolderThatOthersReadIsAFault(t *testing.T) {
	dir := t.TempDir()
	acltest.Give(t, dir, acltest.Readable)
	t.Setenv("SESAME_STATE_DIR", dir)
	t.Setenv("SESAME_CONFIG", "")
	c := newCheckup(t.Context(), front.Settings{Table: table}, true)
	found := checkFiles(c)
	if len(found) != 1 || found[0].Status != statusFault || !strings.HasPrefix(found[0].Repair, `icacls "`+dir+`" `) {
		t.Errorf("got %+v", found)
	}
}
