// Package acl says, on Windows, who besides the user can reach a file: what the mode bits say
// elsewhere. It has nothing for other systems.
//
// As root is elsewhere, the administrators and the system itself are trusted: they can take any file.
//
// Not a stable API: it serves sesame's own programs.
package acl

import (
	"errors"
	"unsafe"

	"golang.org/x/sys/windows"
)

// The rights that count, of files and of folders; in a folder to write data is to add a file.
const (
	generic = windows.GENERIC_ALL | windows.GENERIC_WRITE
	control = windows.WRITE_DAC | windows.WRITE_OWNER
	// deleteChild is FILE_DELETE_CHILD: to delete or rename what lies in a folder.
	deleteChild = 0x40

	// Replace is to put another file or folder in the place of this one, or of one that lies in it.
	Replace windows.ACCESS_MASK = generic | control | windows.DELETE | deleteChild
	// Write is to change a file, or to add one to a folder.
	Write = Replace | windows.FILE_WRITE_DATA
	// Any is to read or to write.
	Any = Write | windows.FILE_APPEND_DATA | windows.FILE_READ_DATA | windows.GENERIC_READ
)

// An OpenError says whom a file is open to.
type OpenError struct {
	// SID names the account, as icacls takes it; it is "" where there is no list at all.
	SID string
	// Owner is set where the account owns the file.
	Owner bool
	name  string
}

// Error is what follows the file's name: "belongs to BUILTIN\Users".
func (e *OpenError) Error() string {
	switch {
	case e.Owner:
		return "belongs to " + e.name
	case e.SID == "":
		return "has no access control list, so that it is open to everybody"
	}
	return "is open to " + e.name
}

// Repair returns the command of an administrator that repairs the file at path.
func (e *OpenError) Repair(path string) string {
	switch {
	case e.Owner:
		return `icacls "` + path + `" /setowner "%USERNAME%"`
	case e.SID == "":
		return `icacls "` + path + `" /reset`
	}
	return `icacls "` + path + `" /inheritance:d /remove:g *` + e.SID
}

// Check returns an [*OpenError] if anybody but the user, the system and the administrators owns what handle refers
// to, or has one of the given rights to it. The handle must have been opened with READ_CONTROL.
//
// A right that another entry denies counts as given: whom that entry leaves out would have to be found out.
func Check(handle windows.Handle, rights windows.ACCESS_MASK) error {
	const wanted = windows.OWNER_SECURITY_INFORMATION | windows.DACL_SECURITY_INFORMATION
	sd, err := windows.GetSecurityInfo(handle, windows.SE_FILE_OBJECT, wanted)
	if err != nil {
		return err
	}
	self, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return err
	}
	owner, _, err := sd.Owner()
	if err != nil {
		return err
	}
	if owner == nil || !trusted(owner, self.User.Sid) {
		return &OpenError{SID: sidText(owner), Owner: true, name: nameOf(owner)}
	}
	list, _, err := sd.DACL()
	if errors.Is(err, windows.ERROR_OBJECT_NOT_FOUND) || err == nil && list == nil {
		return &OpenError{}
	}
	if err != nil {
		return err
	}
	return checkList(list, rights, self.User.Sid)
}

func checkList(list *windows.ACL, rights windows.ACCESS_MASK, self *windows.SID) error {
	// The entries that give a right to whom a SID at SidStart names: plain, and with a condition.
	const plain, conditional = windows.ACCESS_ALLOWED_ACE_TYPE, 9
	for i := range uint32(list.AceCount) {
		var entry *windows.ACCESS_ALLOWED_ACE
		if err := windows.GetAce(list, i, &entry); err != nil {
			return err
		}
		if entry.Header.AceFlags&windows.INHERIT_ONLY_ACE != 0 || entry.Mask&rights == 0 {
			continue
		}
		if entry.Header.AceType != plain && entry.Header.AceType != conditional {
			continue // it denies; those that give and are of other kinds are not for files
		}
		sid := (*windows.SID)(unsafe.Pointer(&entry.SidStart))
		if !trusted(sid, self) && !sid.IsWellKnown(windows.WinCreatorOwnerRightsSid) {
			return &OpenError{SID: sidText(sid), name: nameOf(sid)}
		}
	}
	return nil
}

// installer is the account that owns Windows's own files.
const installer = "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464"

func trusted(sid, self *windows.SID) bool {
	return sid.Equals(self) || sid.IsWellKnown(windows.WinLocalSystemSid) ||
		sid.IsWellKnown(windows.WinBuiltinAdministratorsSid) || sidText(sid) == installer
}

func sidText(sid *windows.SID) string {
	if sid == nil {
		return ""
	}
	return sid.String()
}

// nameOf returns the account's name, or its SID where there is none.
func nameOf(sid *windows.SID) string {
	if sid == nil {
		return "nobody"
	}
	account, domain, _, err := sid.LookupAccount("")
	switch {
	case err != nil:
		return sid.String()
	case domain == "":
		return account
	}
	return domain + `\` + account
}

// Own returns what makes a new file, or a folder and what will lie in it, the user's and the system's alone. It
// takes nothing from the folder above.
func Own(folder bool) (*windows.SecurityAttributes, error) {
	self, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return nil, err
	}
	heirs := ""
	if folder {
		heirs = "OICI"
	}
	sid := self.User.Sid.String()
	sd, err := windows.SecurityDescriptorFromString(
		"O:" + sid + "D:P(A;" + heirs + ";FA;;;" + sid + ")(A;" + heirs + ";FA;;;SY)")
	if err != nil {
		return nil, err
	}
	return &windows.SecurityAttributes{
		Length: uint32(unsafe.Sizeof(windows.SecurityAttributes{})), SecurityDescriptor: sd,
	}, nil
}
