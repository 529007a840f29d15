//go:build unix

package static

import (
	"strings"
	"syscall"

	"github.com/sesame-auth/sesame/providers/quote"
)

// repairOf returns the command that mends why a file cannot be opened; "" if that is not to be seen.
func repairOf(path string, err error) string {
	var st syscall.Stat_t
	switch {
	case err == syscall.ENOENT:
		return WriteCommand(path)
	case err != syscall.EACCES || syscall.Stat(path, &st) != nil: // it may be a folder before it
		return ""
	case int(st.Uid) == syscall.Geteuid():
		return "chmod 600 " + quote.Posix(path)
	}
	return takeOver(path)
}

// takeOver is the command that gives a file of another user to this one.
func takeOver(path string) string {
	command := "chown \"$(id -u)\" " + quote.Posix(path)
	if syscall.Geteuid() == 0 {
		return command
	}
	return "sudo " + command
}

// WriteCommand returns the command for a person to type that writes a secret into the file at path, for its owner alone. It
// reads the secret from the terminal, so that no shell's history has it.
func WriteCommand(path string) string {
	var st syscall.Stat_t
	folder := path[:max(1, strings.LastIndexByte(path, '/'))]
	if syscall.Stat(folder, &st) == syscall.ENOENT {
		return "(umask 077; mkdir -p " + quote.Posix(folder) + " && cat >" + quote.Posix(path) + ")"
	}
	return "(umask 077; cat >" + quote.Posix(path) + ")"
}
