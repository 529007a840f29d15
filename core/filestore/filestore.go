//go:build unix

// Package filestore keeps records on disk: one small file per key, owner-only,
// replaced by rename, with a lock file of its own that is never removed.
//
// It speaks to the system by package syscall because it is linked into the fronts, where package
// os alone costs 4 % of the CPU time; and because what must be checked of a
// file (owner, links, mode) is there.
//
// Not a stable API: it serves sesame's own programs.
package filestore

import (
	"errors"
	"strconv"
	"strings"
	"syscall"
	"unsafe"

	"github.com/sesame-auth/sesame/core"
)

// Limits on a stored file, in bytes: one that is read, and one that is mapped.
const (
	maxSize   = 1 << 20
	maxMapped = 256 << 20
)

// A Store is a folder of records. It touches nothing until it is used. It is for one goroutine
// at a time.
type Store struct {
	// Dir is the folder, an absolute path. It is made when the first lock is taken.
	Dir string

	trusted bool // the folder has been checked
}

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
		return home + "/.local/state/sesame"
	}
	return ""
}

// Load returns the record stored under key; nil if there is none. A record that is
// damaged, or that another user could have read or written, is nil with an error that
// says so: it counts as absent, and is kept aside when another takes its place.
func (s *Store) Load(key string) (*core.Record, error) {
	text, err := s.Read(key + ".token")
	if err != nil || text == "" {
		return nil, err
	}
	record, err := core.DecodeRecord(text, key)
	if err != nil {
		return nil, s.fault(key+".token", "is "+err.Error()+"; it counts as absent")
	}
	return record, nil
}

// Save replaces the record stored under key, so that a reader finds the old or
// the new one, whatever is killed when. Only the holder of the key's lock may call it.
func (s *Store) Save(key string, record *core.Record) error {
	name := key + ".token"
	if _, err := s.Load(key); err != nil {
		// It may hold a refresh token that a person can still make out.
		_ = syscall.Rename(s.path(name), s.path(key+".damaged"))
	}
	return s.Write(name, record.Encode(key))
}

// Remove removes the record stored under key. Only the holder of the key's lock may call it.
func (s *Store) Remove(key string) error {
	name := key + ".token"
	if err := syscall.Unlink(s.path(name)); err != nil && err != syscall.ENOENT {
		return s.fault(name, why(err))
	}
	return s.syncDir(name)
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
	fd, err = open(s.path(name), flags, 0)
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
	case st.Nlink != 1:
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
	err := syscall.Lstat(s.Dir, &st)
	switch {
	case err == syscall.ENOENT:
		return err
	case err != nil:
		return errors.New("state folder " + s.Dir + ": " + err.Error())
	case st.Mode&syscall.S_IFMT != syscall.S_IFDIR:
		return errors.New("state folder " + s.Dir + ": is not a folder")
	case int(st.Uid) != syscall.Geteuid():
		return errors.New("state folder " + s.Dir + ": belongs to user " +
			strconv.Itoa(int(st.Uid)) + "; set SESAME_STATE_DIR to a folder of your own")
	case st.Mode&0o077 != 0:
		return errors.New("state folder " + s.Dir + ": is open to other users; type: chmod 700 " + s.Dir)
	}
	s.trusted = true
	return nil
}

func (s *Store) path(name string) string { return s.Dir + "/" + name }

func (s *Store) fault(name, what string) error {
	return errors.New("stored token " + s.path(name) + ": " + what)
}

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

// open opens a file; a call that a signal interrupted is made again.
func open(path string, flags int, mode uint32) (int, error) {
	for {
		fd, err := syscall.Open(path, flags, mode)
		if err != syscall.EINTR {
			return fd, err
		}
	}
}
