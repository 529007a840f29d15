//go:build unix

// Package system makes the system calls of a hit that take a path. Package syscall copies each path to the heap, for the
// NUL at its end; there each size of path is two page faults in a process that has met none. docs/performance.md has the
// measurement.
package system

import "syscall"

// Open is [syscall.Open], made again where a signal interrupted it.
func Open(path string, flags int, mode uint32) (fd int, err error) {
	for {
		if fd, err = openOnce(path, flags, mode); err != syscall.EINTR {
			return fd, err
		}
	}
}
