package wiring

import (
	"fmt"
	"os"

	"golang.org/x/sys/windows"
)

// extension is what the name of a program ends with.
const extension = ".exe"

// gitHome returns the folder that git takes for the person's home; "" if there is none. Git for Windows sets HOME
// for itself where nobody else has.
func gitHome() string {
	if home := os.Getenv("HOME"); home != "" {
		return home
	}
	home := os.Getenv("HOMEDRIVE") + os.Getenv("HOMEPATH")
	if info, err := os.Stat(home); err == nil && info.IsDir() {
		return home
	}
	return os.Getenv("USERPROFILE")
}

// adopt gives the temporary file the owner and the access list of the one that it replaces, as they are: what an entry
// was inherited from is not asked anew, since the folder may be open to more than the file.
func (f file) adopt(temporary *os.File) error {
	if f.missing {
		return nil
	}
	const wanted = windows.OWNER_SECURITY_INFORMATION | windows.DACL_SECURITY_INFORMATION
	old, err := windows.GetNamedSecurityInfo(f.real, windows.SE_FILE_OBJECT, wanted)
	if err != nil {
		return fmt.Errorf("%s: who can read it is not known: %w", f.path, err)
	}
	made, err := windows.GetNamedSecurityInfo(temporary.Name(), windows.SE_FILE_OBJECT, wanted)
	if err != nil {
		return fmt.Errorf("%s: who can read it is not known: %w", f.path, err)
	}
	// Only an administrator can give a file away, so that is asked for only where it must be.
	var access uint32 = windows.WRITE_DAC
	var given windows.SECURITY_INFORMATION = windows.DACL_SECURITY_INFORMATION
	if !sameOwner(old, made) {
		access |= windows.WRITE_OWNER
		given |= windows.OWNER_SECURITY_INFORMATION
	}
	if err := give(temporary.Name(), access, given, old); err != nil {
		return fmt.Errorf("%s: belongs to another user or group, and would no longer: %w", f.path, err)
	}
	return nil
}

func sameOwner(a, b *windows.SECURITY_DESCRIPTOR) bool {
	one, _, err := a.Owner()
	if err != nil || one == nil {
		return false
	}
	other, _, err := b.Owner()
	return err == nil && other != nil && one.Equals(other)
}

// give gives the file at path what is wanted of a descriptor.
func give(path string, access uint32, wanted windows.SECURITY_INFORMATION, like *windows.SECURITY_DESCRIPTOR) error {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return err
	}
	const share = windows.FILE_SHARE_READ | windows.FILE_SHARE_WRITE | windows.FILE_SHARE_DELETE
	handle, err := windows.CreateFile(name, access, share, nil, windows.OPEN_EXISTING, windows.FILE_FLAG_OPEN_REPARSE_POINT, 0)
	if err != nil {
		return err
	}
	defer windows.CloseHandle(handle)
	return windows.SetKernelObjectSecurity(handle, wanted, like)
}
