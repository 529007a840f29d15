//go:build unix && !darwin

package filestore

import "syscall"

// fsync puts a file's content on the disk.
func fsync(fd int) error {
	for {
		if err := syscall.Fsync(fd); err != syscall.EINTR {
			return err
		}
	}
}
