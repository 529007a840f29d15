//go:build unix

package static

import (
	"strings"
	"syscall"
)

// repairOf returns the command that mends why a file cannot be opened; "" if that is not to be seen.
func repairOf(path string, err error) string {
	var st syscall.Stat_t
	switch {
	case err == syscall.ENOENT:
		return writeCommand(path)
	case err != syscall.EACCES || syscall.Stat(path, &st) != nil: // it may be a folder before it
		return ""
	case int(st.Uid) == syscall.Geteuid():
		return "chmod 600 " + quote(path)
	}
	return "sudo chown \"$(id -u)\" " + quote(path)
}

// writeCommand is the command that writes a file for its owner alone. It reads the secret from the terminal, so that no
// shell's history has it.
func writeCommand(path string) string {
	var st syscall.Stat_t
	folder := path[:max(1, strings.LastIndexByte(path, '/'))]
	if syscall.Stat(folder, &st) == syscall.ENOENT {
		return "(umask 077; mkdir -p " + quote(folder) + " && cat >" + quote(path) + ")"
	}
	return "(umask 077; cat >" + quote(path) + ")"
}
