package main

import (
	"errors"
	"io/fs"
	"os"

	"golang.org/x/sys/windows"

	"github.com/sesame-auth/sesame/cmd/internal/shell"
	"github.com/sesame-auth/sesame/providers/acl"
)

// The variables that lead to what sesame keeps.
const (
	configVariable = "APPDATA"
	stateVariables = "SESAME_STATE_DIR or LOCALAPPDATA"
)

// canWriteIn reports whether files can be made in a folder.
func canWriteIn(dir string) bool { return mayOpen(dir, windows.FILE_WRITE_DATA) }

// mayOpen reports whether the system would give this user a right to a file or folder.
func mayOpen(path string, right uint32) bool {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return false
	}
	const share = windows.FILE_SHARE_READ | windows.FILE_SHARE_WRITE | windows.FILE_SHARE_DELETE
	handle, err := windows.CreateFile(name, right, share, nil, windows.OPEN_EXISTING, windows.FILE_FLAG_BACKUP_SEMANTICS, 0)
	if err != nil {
		return false
	}
	windows.CloseHandle(handle)
	return true
}

// allowAll returns the command that gives a file or folder back to its owner.
func allowAll(path string) string {
	return "icacls " + shell.Word(path) + ` /grant "%USERNAME%":F`
}

// openTo returns whom a file or folder is open to, for any of the rights; nil if to nobody else, or if it cannot be looked at.
func openTo(path string, rights windows.ACCESS_MASK) *acl.OpenError {
	file, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer file.Close()
	open, _ := errors.AsType[*acl.OpenError](acl.Check(windows.Handle(file.Fd()), rights))
	return open
}

// checkLogin looks at who can read a file of another program's logins.
func checkLogin(path string) []finding {
	if open := openTo(path, acl.Any); open != nil {
		return []finding{doubtful(path+", the login of uv, "+open.Error(), open.Repair(path))}
	}
	return nil
}

// checkLogAccess looks at who can write to a log, and read it.
func checkLogAccess(name, path string, info fs.FileInfo) []finding {
	if open := openTo(path, acl.Write|windows.FILE_APPEND_DATA); open != nil {
		return []finding{wrong(name+": "+path+" "+open.Error(), open.Repair(path))}
	}
	switch {
	case info.Mode().Perm()&0o200 == 0:
		return []finding{wrong(name+": "+path+" cannot be written", shell.AllowWrite(path))}
	case !mayOpen(path, windows.FILE_APPEND_DATA):
		return []finding{wrong(name+": "+path+" cannot be written", allowAll(path))}
	}
	if open := openTo(path, acl.Any); open != nil {
		return []finding{doubtful(name+": "+path+" "+open.Error(), open.Repair(path))}
	}
	return nil
}

// checkLogFolder looks at who can put another file in the place of a log, or take it away.
func checkLogFolder(name, dir string) []finding {
	if _, err := os.Stat(dir); err != nil {
		return []finding{wrong(name+": "+err.Error(), "set it to another file")}
	}
	open := openTo(dir, acl.Replace)
	switch {
	case open == nil:
		return nil
	case open.Owner:
		return []finding{doubtful(name+": its folder "+dir+" "+open.Error(), "set it to a file in a folder of your own")}
	}
	return []finding{doubtful(name+": its folder "+dir+" "+open.Error(), open.Repair(dir))}
}
