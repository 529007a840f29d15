//go:build unix

package pyx

import (
	"errors"
	"os"
	"syscall"
)

// tryLock takes the file's lock, and reports false if somebody else has it. It is
// flock(2), like uv's: locks of fcntl(2) would not see each other.
func tryLock(file *os.File) (held bool, err error) {
	for {
		err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case err == nil:
			return true, nil
		case errors.Is(err, syscall.EWOULDBLOCK):
			return false, nil
		case !errors.Is(err, syscall.EINTR):
			return false, err
		}
	}
}
