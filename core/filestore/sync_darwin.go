package filestore

import "syscall"

// fsync puts a file's content on the disk: fsync(2) leaves it in the drive's own memory, which a power cut
// empties. A file system that cannot do more than that is content with it.
func fsync(fd int) error {
	for {
		_, _, errno := syscall.Syscall(syscall.SYS_FCNTL, uintptr(fd), syscall.F_FULLFSYNC, 0)
		switch errno {
		case 0:
			return nil
		case syscall.EINTR:
			continue
		}
		if err := syscall.Fsync(fd); err != syscall.EINTR {
			return err
		}
	}
}
