package wiring

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/windows"

	"github.com/sesame-auth/sesame/providers/acl"
	"github.com/sesame-auth/sesame/providers/acl/acltest"
)

// systemsOddFiles are those that only this system has.
var systemsOddFiles []oddFile

// oddFolders are names that a folder can have.
var oddFolders = []string{"opt", "a b", "it's", "hash#dollar${HOME}"}

// wantMode does nothing: there are no modes here.
func wantMode(*testing.T, string, fs.FileMode) {}

// link makes a symbolic link, where the user may.
func link(t *testing.T, target, path string) {
	t.Helper()
	if err := os.Symlink(filepath.FromSlash(target), path); err != nil {
		t.Skip(err)
	}
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		t.Skip("links are not followed here")
	}
}

// Who opens docker's file to others must have done so himself: a new file in its place would have what its folder hands on.
func TestTheAccessListStays(t *testing.T) {
	for _, row := range []struct {
		name, folder, file string
		open               bool
	}{
		{"a private file in an open folder", acltest.Writable, acltest.Own, false},
		{"an open file in a private folder", acltest.Own, acltest.Readable, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			b := newBench(t)
			// Wine adds what a folder hands on to what a file in it is given.
			folder := filepath.Join(b.home, ".docker")
			own, err := acl.Own(true)
			if err != nil {
				t.Fatal(err)
			}
			if err := windows.CreateDirectory(windows.StringToUTF16Ptr(folder), own); err != nil {
				t.Fatal(err)
			}
			path := b.write(".docker/config.json", `{"x": 1}`, 0o600)
			acltest.Give(t, path, row.file)
			acltest.Give(t, folder, row.folder)
			b.change(Docker{Programs: b.programs})
			file, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			err = acl.Check(windows.Handle(file.Fd()), acl.Any)
			if _, open := errors.AsType[*acl.OpenError](err); open != row.open || err != nil && !open {
				t.Errorf("got %v, want it to be open: %v", err, row.open)
			}
		})
	}
}
