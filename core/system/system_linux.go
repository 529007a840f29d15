//go:build amd64 || arm64

package system

import (
	"strings"
	"syscall"
	"unsafe"
)

// room is what most paths need, with the NUL; longer ones are for package syscall.
const room = 256

// Directories by descriptor: that of the process (openat(2)).
const atCurrent = ^uintptr(99) // AT_FDCWD: -100

const noFollow = 0x100 // AT_SYMLINK_NOFOLLOW

// Stat is [syscall.Stat].
func Stat(path string, st *syscall.Stat_t) error {
	var buf [room]byte
	if !put(&buf, path) {
		return syscall.Stat(path, st)
	}
	return statAt(&buf, st, 0)
}

// Lstat is [syscall.Lstat].
func Lstat(path string, st *syscall.Stat_t) error {
	var buf [room]byte
	if !put(&buf, path) {
		return syscall.Lstat(path, st)
	}
	return statAt(&buf, st, noFollow)
}

func statAt(path *[room]byte, st *syscall.Stat_t, flags uintptr) error {
	_, _, errno := syscall.Syscall6(fstatAt, atCurrent, uintptr(unsafe.Pointer(path)), uintptr(unsafe.Pointer(st)), flags, 0, 0)
	if errno != 0 {
		return errno
	}
	return nil
}

func openOnce(path string, flags int, mode uint32) (fd int, err error) {
	var buf [room]byte
	if !put(&buf, path) {
		return syscall.Open(path, flags, mode)
	}
	n, _, errno := syscall.Syscall6(syscall.SYS_OPENAT, atCurrent, uintptr(unsafe.Pointer(&buf)), uintptr(flags), uintptr(mode), 0, 0)
	if errno != 0 {
		return -1, errno
	}
	return int(n), nil
}

// put puts a path and a NUL into a buffer, unless it is too long or has one in it.
func put(buf *[room]byte, path string) bool {
	return len(path) < len(buf) && strings.IndexByte(path, 0) < 0 && copy(buf[:], path) == len(path)
}
