//go:build unix

package main

import (
	"io/fs"
	"os"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/sesame-auth/sesame/cmd/internal/shell"
)

// The variables that lead to what sesame keeps.
const (
	configVariable = "HOME"
	stateVariables = "SESAME_STATE_DIR, XDG_STATE_HOME or HOME"
)

// canWriteIn reports whether files can be made in a folder.
func canWriteIn(dir string) bool { return unix.Access(dir, unix.W_OK|unix.X_OK) == nil }

// allowAll returns the command that gives a folder back to its owner.
func allowAll(dir string) string { return "chmod u+rwx " + shell.Word(dir) }

// checkLogin looks at who can read a file of another program's logins.
func checkLogin(path string) []finding {
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm()&0o077 == 0 {
		return nil
	}
	return []finding{doubtful(path+", the login of uv, is open to other users", "chmod 600 "+shell.Word(path))}
}

// checkLogAccess looks at who can write to a log, and read it.
func checkLogAccess(name, path string, info fs.FileInfo) []finding {
	switch {
	case ownerOf(info) != os.Geteuid():
		return []finding{wrong(name+": "+path+" belongs to another user", "set it to another file")}
	case info.Mode().Perm()&0o022 != 0:
		return []finding{wrong(name+": other users can write to "+path, "chmod go-w "+shell.Word(path))}
	case unix.Access(path, unix.W_OK) != nil:
		return []finding{wrong(name+": "+path+" cannot be written", shell.AllowWrite(path))}
	case info.Mode().Perm()&0o044 != 0:
		return []finding{doubtful(name+": other users can read "+path, "chmod go-r "+shell.Word(path))}
	}
	return nil
}

// checkLogFolder looks at who can put another file in the place of a log, or take it away.
func checkLogFolder(name, dir string) []finding {
	info, err := os.Stat(dir)
	if err != nil {
		return []finding{wrong(name+": "+err.Error(), "set it to another file")}
	}
	switch owner := ownerOf(info); {
	case owner != os.Geteuid() && owner != 0:
		return []finding{doubtful(name+": its folder "+dir+" belongs to another user", "set it to a file in a folder of your own")}
	case info.Mode().Perm()&0o022 != 0 && info.Mode()&fs.ModeSticky == 0:
		return []finding{doubtful(name+": other users can write to its folder "+dir, "chmod go-w "+shell.Word(dir))}
	}
	return nil
}

// ownerOf returns the user id that owns what info describes; -1, who is nobody, if unknown.
func ownerOf(info fs.FileInfo) int {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(stat.Uid)
	}
	return -1
}
