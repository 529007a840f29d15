//go:build unix

package audit

import (
	"errors"
	"strings"
	"syscall"
)

// MaxSize is how large the file may become, in bytes, before it is renamed to PATH.1, in the place of the
// one before. While a process that is about to rename it is held up others go on, to twice that.
const MaxSize = 1 << 20

// homeVariable names the home folder.
const homeVariable = "HOME"

// Append appends the line to the file at path, which is absolute, by one write: lines of many
// processes do not mix. The file is made owner-only. It is never waited for: who finds another process
// renaming the file writes into the renamed one.
func Append(path string, line *Line) error {
	var room [1024]byte
	err := appendTo(path, line.AppendTo(room[:0]))
	if err != nil {
		return errors.New("audit log " + path + ": " + err.Error())
	}
	return nil
}

func appendTo(path string, text []byte) error {
	if !strings.HasPrefix(path, "/") {
		return errors.New("want an absolute path")
	}
	fd, size, err := open(path)
	if err != nil {
		return err
	}
	defer func() { syscall.Close(fd) }()
	if size+int64(len(text)) > MaxSize {
		rotated, err := rotate(path, fd)
		switch {
		case err != nil:
			return err
		case rotated:
			syscall.Close(fd)
			if fd, _, err = open(path); err != nil {
				return err
			}
		case size > 2*MaxSize:
			return errors.New("is full: another process has it locked")
		}
	}
	n, err := write(fd, text)
	if err == nil && n < len(text) {
		err = syscall.ENOSPC
	}
	return err
}

// open opens the file, and makes it if need be.
func open(path string) (fd int, size int64, err error) {
	// Without O_NONBLOCK a FIFO in the file's place would hang every build.
	const flags = syscall.O_WRONLY | syscall.O_APPEND | syscall.O_CREAT | syscall.O_NOFOLLOW |
		syscall.O_NONBLOCK | syscall.O_CLOEXEC
	for {
		if fd, err = syscall.Open(path, flags, 0o600); err != syscall.EINTR {
			break
		}
	}
	if err != nil {
		return -1, 0, err
	}
	var st syscall.Stat_t
	if err = syscall.Fstat(fd, &st); err == nil {
		err = distrust(&st)
	}
	if err != nil {
		syscall.Close(fd)
		return -1, 0, err
	}
	return fd, st.Size, nil
}

// distrust says why the file is not one to write to. Others may read it, if its owner says so, but not
// write.
func distrust(st *syscall.Stat_t) error {
	switch {
	case st.Mode&syscall.S_IFMT != syscall.S_IFREG:
		return errors.New("is not a regular file")
	case int(st.Uid) != syscall.Geteuid():
		return errors.New("belongs to another user")
	case st.Mode&0o022 != 0:
		return errors.New("other users can write to it; type: chmod go-w on it")
	}
	return nil
}

// rotate renames the file if fd is still the one of that name, and reports whether the name now
// leads to another. Only who has locked a file renames it.
func rotate(path string, fd int) (rotated bool, err error) {
	if err := syscall.Flock(fd, syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return false, nil // another process is about to
	}
	// Closing fd frees the lock.
	var mine, named syscall.Stat_t
	if err := syscall.Fstat(fd, &mine); err != nil {
		return false, err
	}
	err = syscall.Lstat(path, &named)
	if err == syscall.ENOENT || err == nil && (mine.Dev != named.Dev || mine.Ino != named.Ino) {
		return true, nil
	}
	if err == nil {
		err = syscall.Rename(path, Old(path))
	}
	return err == nil, err
}

// Old is what the file at path is renamed to when it is full.
func Old(path string) string { return path + ".1" }

// write makes one write; only one that did nothing is made again.
func write(fd int, text []byte) (int, error) {
	for {
		n, err := syscall.Write(fd, text)
		if err != syscall.EINTR {
			return max(n, 0), err
		}
	}
}
