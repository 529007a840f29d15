//go:build unix && !(linux && (amd64 || arm64))

package system

import "syscall"

// Stat is [syscall.Stat].
func Stat(path string, st *syscall.Stat_t) error { return syscall.Stat(path, st) }

// Lstat is [syscall.Lstat].
func Lstat(path string, st *syscall.Stat_t) error { return syscall.Lstat(path, st) }

func openOnce(path string, flags int, mode uint32) (fd int, err error) {
	return syscall.Open(path, flags, mode)
}
