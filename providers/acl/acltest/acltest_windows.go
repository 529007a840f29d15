// Package acltest changes who can reach a file, for the tests of what checks that on Windows.
package acltest

import (
	"strings"
	"testing"

	"golang.org/x/sys/windows"
)

// Lists of rights, as [Give] takes them.
const (
	// Own gives all to the user and the system.
	Own = "(A;OICI;FA;;;SELF)(A;OICI;FA;;;SY)"
	// Readable lets everybody read besides.
	Readable = Own + "(A;OICI;FRFX;;;WD)"
	// Writable lets everybody do all besides.
	Writable = Own + "(A;OICI;FA;;;WD)"
)

// Give replaces the list of rights of the file or folder at path by one in SDDL, in which SELF stands for the user.
// Nothing comes from the folder above any more.
func Give(t testing.TB, path, list string) {
	t.Helper()
	self, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		t.Fatal(err)
	}
	sd, err := windows.SecurityDescriptorFromString("D:P" + strings.ReplaceAll(list, "SELF", self.User.Sid.String()))
	if err != nil {
		t.Fatal(err)
	}
	dacl, _, err := sd.DACL()
	if err != nil {
		t.Fatal(err)
	}
	const what = windows.DACL_SECURITY_INFORMATION | windows.PROTECTED_DACL_SECURITY_INFORMATION
	if err := windows.SetNamedSecurityInfo(path, windows.SE_FILE_OBJECT, what, nil, nil, dacl, nil); err != nil {
		t.Fatal(err)
	}
}
