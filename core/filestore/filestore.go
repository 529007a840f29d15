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

	"github.com/sesame-auth/sesame/core"
)

// maxSize bounds a stored file, in bytes.
const maxSize = 1 << 20

// A Store is a folder of records. It touches nothing until it is used.
type Store struct {
	// Dir is the folder, an absolute path. It is made when the first lock is taken.
	Dir string
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

// Read returns the text of a file of the store; "" if there is none.
func (s *Store) Read(name string) (string, error) {
	err := s.checkDir()
	if err == syscall.ENOENT {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	// Without O_NONBLOCK a FIFO in the file's place would hang every build.
	const flags = syscall.O_RDONLY | syscall.O_NOFOLLOW | syscall.O_NONBLOCK | syscall.O_CLOEXEC
	fd, err := open(s.path(name), flags, 0)
	if err == syscall.ENOENT {
		return "", nil
	}
	if err != nil {
		return "", s.fault(name, err.Error())
	}
	defer syscall.Close(fd)
	var st syscall.Stat_t
	if err := syscall.Fstat(fd, &st); err != nil {
		return "", s.fault(name, err.Error())
	}
	if fault := s.distrust(name, &st); fault != nil {
		return "", fault
	}
	return s.readAll(fd, name, int(st.Size))
}

func (s *Store) readAll(fd int, name string, size int) (string, error) {
	var text strings.Builder
	buf := make([]byte, size+1)
	for {
		n, err := syscall.Read(fd, buf)
		switch {
		case err == syscall.EINTR:
			continue
		case err != nil:
			return "", s.fault(name, err.Error())
		case n == 0:
			return text.String(), nil
		}
		text.Write(buf[:n])
	}
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
	case st.Size > maxSize:
		return s.fault(name, "is too large to be sesame's; remove it")
	}
	return nil
}

// checkDir returns ENOENT if the folder is not there, and an error for people if it is
// not this user's alone.
func (s *Store) checkDir() error {
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
	return nil
}

func (s *Store) path(name string) string { return s.Dir + "/" + name }

func (s *Store) fault(name, what string) error {
	return errors.New("stored token " + s.path(name) + ": " + what)
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
