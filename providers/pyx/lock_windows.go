package pyx

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// tryLock takes the lock on the whole file, like uv's, and reports false if
// somebody else has it.
func tryLock(file *os.File) (held bool, err error) {
	const flags = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	const all = ^uint32(0)
	err = windows.LockFileEx(windows.Handle(file.Fd()), flags, 0, all, all, new(windows.Overlapped))
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) || errors.Is(err, windows.ERROR_IO_PENDING) {
		return false, nil
	}
	return err == nil, err
}
