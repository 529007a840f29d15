//go:build unix

package filestore

import (
	"errors"
	"strconv"
	"strings"
	"syscall"
	"unsafe"

	"github.com/sesame-auth/sesame/core/system"
	"github.com/sesame-auth/sesame/providers/concat"
	"github.com/sesame-auth/sesame/providers/quote"
)

// Dir returns the folder for records: SESAME_STATE_DIR, else sesame in
// XDG_STATE_HOME, else in ~/.local/state; "" where none of them, nor HOME, is set to an
// absolute path (XDG Base Directory Specification 0.8).
func Dir(getenv func(string) string) string {
	if dir := getenv("SESAME_STATE_DIR"); strings.HasPrefix(dir, "/") {
		return dir
	}
	if dir := getenv("XDG_STATE_HOME"); strings.HasPrefix(dir, "/") {
		return dir + "/sesame"
	}
	if home := getenv("HOME"); strings.HasPrefix(home, "/") {
		return concat.Strings(home, "/.local/state/sesame")
	}
	return ""
}

// Read returns the text of a file of the store; "" if there is none.
func (s *Store) Read(name string) (string, error) {
	fd, size, err := s.open(name, maxSize)
	if fd < 0 {
		return "", err
	}
	defer syscall.Close(fd)
	data, err := s.readAll(fd, name, size)
	return unsafe.String(unsafe.SliceData(data), len(data)), err // nobody else has the bytes
}

// Map returns a file of the store as memory, for one that may be large and is read in few
// places; nil if there is none. The memory is given back when the process ends.
func (s *Store) Map(name string) ([]byte, error) {
	fd, size, err := s.open(name, maxMapped)
	if fd < 0 {
		return nil, err
	}
	defer syscall.Close(fd)
	if size <= 4*usualSize {
		return s.readAll(fd, name, size)
	}
	data, err := syscall.Mmap(fd, 0, size, syscall.PROT_READ, syscall.MAP_PRIVATE)
	if err != nil {
		return nil, s.fault(name, err.Error())
	}
	return data, nil
}

// open opens a file of the store that is as this program would have written it. The
// descriptor is -1 if there is none, or on an error.
func (s *Store) open(name string, limit int) (fd, size int, err error) {
	err = s.checkDir()
	if err == syscall.ENOENT {
		return -1, 0, nil
	}
	if err != nil {
		return -1, 0, err
	}
	// Without O_NONBLOCK a FIFO in the file's place would hang every build.
	const flags = syscall.O_RDONLY | syscall.O_NOFOLLOW | syscall.O_NONBLOCK | syscall.O_CLOEXEC
	fd, err = system.Open(s.path(name), flags, 0)
	if err == syscall.ENOENT {
		return -1, 0, nil
	}
	if err != nil {
		return -1, 0, s.fault(name, why(err))
	}
	var st syscall.Stat_t
	if err := syscall.Fstat(fd, &st); err != nil {
		err = s.fault(name, err.Error())
		syscall.Close(fd)
		return -1, 0, err
	}
	fault := s.distrust(name, &st)
	if fault == nil && st.Size > int64(limit) {
		fault = s.fault(name, "is too large to be sesame's; remove it")
	}
	if fault != nil {
		syscall.Close(fd)
		return -1, 0, fault
	}
	return fd, int(st.Size), nil
}

// usualSize is the size of a buffer that most files fit into. A front has read its request into
// one of the same size, and the second of a size costs no page fault.
const usualSize = 1024

// readAll reads a file of the given size. It has no other: files are replaced, never changed.
func (s *Store) readAll(fd int, name string, size int) ([]byte, error) {
	buf := make([]byte, size, max(size, usualSize))
	for filled := 0; filled < size; {
		n, err := syscall.Read(fd, buf[filled:])
		if err != nil && err != syscall.EINTR {
			return nil, s.fault(name, err.Error())
		}
		if n == 0 && err == nil {
			return nil, s.fault(name, "is shorter than it was")
		}
		filled += max(n, 0)
	}
	return buf, nil
}

// distrust says why the file is not what this program would have written.
func (s *Store) distrust(name string, st *syscall.Stat_t) error {
	switch {
	case st.Mode&syscall.S_IFMT != syscall.S_IFREG:
		return s.fault(name, "is not a regular file; remove it")
	case int(st.Uid) != syscall.Geteuid():
		return s.fault(name, "belongs to user "+strconv.Itoa(int(st.Uid))+"; remove it")
	case st.Nlink > 1: // it has none once it was replaced, and was good when it was opened
		return s.fault(name, "has another name too; remove it")
	case st.Mode&0o077 != 0:
		return s.fault(name, "is open to other users; remove it, since they may have read it")
	}
	return nil
}

// checkDir returns ENOENT if the folder is not there, and an error for people if it is
// not this user's alone.
func (s *Store) checkDir() error {
	if s.trusted {
		return nil
	}
	if s.Dir == "" {
		return errors.New("state folder: set SESAME_STATE_DIR, XDG_STATE_HOME or HOME to an absolute path")
	}
	var st syscall.Stat_t
	err := system.Lstat(s.Dir, &st)
	switch {
	case err == syscall.ENOENT:
		return err
	case err != nil:
		return errors.New("state folder " + s.Dir + ": " + why(err))
	case st.Mode&syscall.S_IFMT != syscall.S_IFDIR:
		return errors.New("state folder " + s.Dir + ": is not a folder; remove it, or set SESAME_STATE_DIR to a folder of your own")
	case int(st.Uid) != syscall.Geteuid():
		return errors.New("state folder " + s.Dir + ": belongs to user " +
			strconv.Itoa(int(st.Uid)) + "; set SESAME_STATE_DIR to a folder of your own")
	case st.Mode&0o077 != 0:
		return errors.New("state folder " + s.Dir + ": is open to other users; type: chmod 700 " + quote.Posix(s.Dir))
	}
	s.trusted = true
	return nil
}

func (s *Store) path(name string) string { return concat.Strings(s.Dir, "/", name) }

// why says what an error of the system means here, and what to do about it.
func why(err error) string {
	switch err {
	case syscall.ELOOP:
		return "is a symbolic link; remove it"
	case syscall.EISDIR:
		return "is a folder; remove it"
	case syscall.EROFS, syscall.EACCES, syscall.EPERM:
		return err.Error() + "; set SESAME_STATE_DIR to a folder that can be written"
	}
	return err.Error()
}
