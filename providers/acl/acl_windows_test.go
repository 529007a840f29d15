package acl

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/windows"

	"github.com/sesame-auth/sesame/providers/acl/acltest"
)

// open opens a file or folder as those do who check it.
func open(t *testing.T, path string) windows.Handle {
	t.Helper()
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		t.Fatal(err)
	}
	const share = windows.FILE_SHARE_READ | windows.FILE_SHARE_WRITE | windows.FILE_SHARE_DELETE
	handle, err := windows.CreateFile(name, windows.READ_CONTROL, share, nil, windows.OPEN_EXISTING,
		windows.FILE_FLAG_BACKUP_SEMANTICS, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { windows.CloseHandle(handle) })
	return handle
}

// ownFolder makes a folder that hands no entry of the one above on.
func ownFolder(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "folder")
	own, err := Own(true)
	if err != nil {
		t.Fatal(err)
	}
	name, _ := windows.UTF16PtrFromString(dir)
	if err := windows.CreateDirectory(name, own); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestWhatWeMakeIsTheUsersAlone(t *testing.T) {
	dir := ownFolder(t)
	if err := Check(open(t, dir), Any); err != nil {
		t.Errorf("the folder: %v", err)
	}
	file := filepath.Join(dir, "file")
	own, err := Own(false)
	if err != nil {
		t.Fatal(err)
	}
	name, _ := windows.UTF16PtrFromString(file)
	handle, err := windows.CreateFile(name, windows.GENERIC_WRITE, 0, own, windows.CREATE_NEW, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	windows.CloseHandle(handle)
	if err := Check(open(t, file), Any); err != nil {
		t.Errorf("the file: %v", err)
	}
}

// An entry for anybody else is what a mode of 0644 is elsewhere: whoever it names may have read the token, or
// written the program.
func TestWhoCanReadOrWriteIsFound(t *testing.T) {
	file := filepath.Join(ownFolder(t), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name, list   string
		read, change bool // found by Any, found by Write
	}{
		{"the user and the system", acltest.Own, false, false},
		{"everybody reads", acltest.Readable, true, false},
		{"everybody writes", acltest.Own + "(A;;FRFW;;;WD)", true, true},
		{"everybody has all", acltest.Writable, true, true},
	} {
		acltest.Give(t, file, row.list)
		handle := open(t, file)
		for rights, want := range map[windows.ACCESS_MASK]bool{Any: row.read, Write: row.change} {
			err := Check(handle, rights)
			e, found := errors.AsType[*OpenError](err)
			if found != want || err != nil && !found {
				t.Errorf("%s: rights %#x: %v, want an error: %v", row.name, rights, err, want)
			}
			if found && (e.SID != "S-1-1-0" || e.Owner) {
				t.Errorf("%s: %+v", row.name, e)
			}
		}
	}
}

// What a file system may not be able to keep is tried on the lists themselves.
func TestEntriesThatGiveNothingOfAFileAreNoFault(t *testing.T) {
	self, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name, sddl string
		rights     windows.ACCESS_MASK
		found      string
	}{
		{"for what will lie in it only", "D:P(A;OICIIO;FA;;;WD)", Any, ""},
		{"denied", "D:P(D;;FA;;;WD)", Any, ""},
		{"its attributes", "D:P(A;;0x80;;;WD)", Any, ""},
		{"a folder for the users", "D:P(A;;LC;;;BU)", Replace, ""},
		{"a file for the users", "D:P(A;;DC;;;BU)", Replace, ""},
		{"a file for the users", "D:P(A;;DC;;;BU)", Write, "S-1-5-32-545"},
		{"what lies in it, gone by the users", "D:P(A;;DT;;;BU)", Replace, "S-1-5-32-545"},
		{"the rights of the owner", "D:P(A;;FA;;;OW)", Any, ""},
		{"the administrators", "D:P(A;;FA;;;BA)", Any, ""},
		{"Windows's installer", "D:P(A;;FA;;;" + installer + ")", Any, ""},
		{"the list itself", "D:P(A;;WD;;;BU)", Replace, "S-1-5-32-545"},
	} {
		sd, err := windows.SecurityDescriptorFromString(row.sddl)
		if err != nil {
			t.Fatalf("%s: %v", row.name, err)
		}
		list, _, err := sd.DACL()
		if err != nil {
			t.Fatal(err)
		}
		found := ""
		if e, ok := errors.AsType[*OpenError](checkList(list, row.rights, self.User.Sid)); ok {
			found = e.SID
		}
		if found != row.found {
			t.Errorf("%s: found %q, want %q", row.name, found, row.found)
		}
	}
}

// An entry with a condition is not parsed, and counts as if the condition were met.
func TestConditionalEntryGives(t *testing.T) {
	sd, err := windows.SecurityDescriptorFromString("D:P(A;;FR;;;WD)")
	if err != nil {
		t.Fatal(err)
	}
	list, _, err := sd.DACL()
	if err != nil {
		t.Fatal(err)
	}
	var entry *windows.ACCESS_ALLOWED_ACE
	if err := windows.GetAce(list, 0, &entry); err != nil {
		t.Fatal(err)
	}
	entry.Header.AceType = 9 // ACCESS_ALLOWED_CALLBACK_ACE_TYPE
	self, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		t.Fatal(err)
	}
	if err := checkList(list, Any, self.User.Sid); err == nil {
		t.Error("everybody reads under a condition, and nothing is found")
	}
}

func TestMessageNamesWhomToShutOut(t *testing.T) {
	for _, row := range []struct {
		err           OpenError
		what, command string
	}{
		{OpenError{SID: "S-1-1-0", name: "Everyone"}, "is open to Everyone", `icacls "C:\a b" /inheritance:d /remove:g *S-1-1-0`},
		{OpenError{SID: "S-1-1-0", Owner: true, name: "Everyone"}, "belongs to Everyone", `icacls "C:\a b" /setowner "%USERNAME%"`},
		{OpenError{}, "no access control list", `icacls "C:\a b" /reset`},
	} {
		if got := row.err.Error(); !strings.Contains(got, row.what) {
			t.Errorf("%q, want %q", got, row.what)
		}
		if got := row.err.Repair(`C:\a b`); got != row.command {
			t.Errorf("%q, want %q", got, row.command)
		}
	}
}
