//go:build unix

package filestore

import (
	"errors"
	"strings"
	"syscall"

	"github.com/sesame-auth/sesame/core/system"
)

// Write replaces a file of the store: a temporary file is written, synced and renamed, and the
// folder is synced, so that after a power cut too there is the old or the new one. A lost
// rename would leave a refresh token that is spent already.
//
// The temporary file has a fixed name, so that a kill leaves one at the most; the caller holds a lock.
func (s *Store) Write(name string, text []byte) error {
	temporary := name + ".new"
	fd, err := s.create(temporary)
	if err != nil {
		return err
	}
	if err = writeAll(fd, text); err == nil {
		err = fsync(fd)
	}
	if closed := syscall.Close(fd); err == nil {
		err = closed
	}
	if err == nil {
		err = s.rename(temporary, name)
	}
	if err != nil {
		_ = s.remove(temporary)
		return s.fault(name, why(err))
	}
	return s.syncDir(name)
}

// Reserve takes the room for a record of the given size, so that a disk that is full is known
// before a provider is asked for a token that could not be kept. It is taken by the
// temporary file, which the next Save removes.
func (s *Store) Reserve(key string, size int) error {
	name := key + ".token.new"
	fd, err := s.create(name)
	if err != nil {
		return err
	}
	if err = writeAll(fd, make([]byte, size)); err == nil {
		err = fsync(fd) // only now does every file system say that it is full
	}
	if closed := syscall.Close(fd); err == nil {
		err = closed
	}
	if err != nil {
		_ = s.remove(name)
		return s.fault(name, why(err))
	}
	return nil
}

func (s *Store) rename(from, to string) error { return syscall.Rename(s.path(from), s.path(to)) }

// remove removes a file, if it is there.
func (s *Store) remove(name string) error {
	if err := syscall.Unlink(s.path(name)); err != syscall.ENOENT {
		return err
	}
	return nil
}

// create makes an empty file, in the place of whatever a killed writer left there.
func (s *Store) create(name string) (fd int, err error) {
	if err := s.makeDir(); err != nil {
		return -1, err
	}
	if err := s.remove(name); err != nil {
		return -1, s.fault(name, why(err))
	}
	const flags = syscall.O_WRONLY | syscall.O_CREAT | syscall.O_EXCL | syscall.O_NOFOLLOW | syscall.O_CLOEXEC
	fd, err = system.Open(s.path(name), flags, 0o600)
	if err != nil {
		return -1, s.fault(name, why(err))
	}
	return fd, nil
}

func writeAll(fd int, text []byte) error {
	// The umask may have taken the owner's own rights.
	if err := syscall.Fchmod(fd, 0o600); err != nil {
		return err
	}
	for len(text) > 0 {
		n, err := syscall.Write(fd, text)
		if err != nil && err != syscall.EINTR {
			return err
		}
		text = text[max(n, 0):]
	}
	return nil
}

// syncDir makes the rename last. Some file systems cannot sync a folder, and need not.
func (s *Store) syncDir(name string) error {
	fd, err := system.Open(s.Dir, syscall.O_RDONLY|syscall.O_DIRECTORY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return s.fault(name, err.Error())
	}
	defer syscall.Close(fd)
	if err := fsync(fd); err != nil && err != syscall.EINVAL && err != syscall.ENOTSUP {
		return s.fault(name, err.Error())
	}
	return nil
}

// makeDir makes the folder, and those above it, if it is not there.
func (s *Store) makeDir() error {
	err := s.checkDir()
	if err != syscall.ENOENT {
		return err
	}
	var above error
	for end := 1; end <= len(s.Dir); end++ {
		if end < len(s.Dir) && s.Dir[end] != '/' {
			continue
		}
		// Only the last error counts: a folder above may exist and not be ours to make. Where one above is missing, it
		// is the reason for that.
		err = syscall.Mkdir(strings.TrimSuffix(s.Dir[:end], "/"), 0o700)
		if err != nil && err != syscall.EEXIST && err != syscall.ENOENT {
			above = err
		}
	}
	if err == syscall.ENOENT && above != nil {
		err = above
	}
	if err == syscall.ENOENT {
		return errors.New("state folder " + s.Dir + ": cannot be made; set SESAME_STATE_DIR to a folder of your own")
	}
	if err != nil && err != syscall.EEXIST {
		return errors.New("state folder " + s.Dir + ": " + why(err))
	}
	// The umask may have taken the owner's own rights.
	if err == nil {
		_ = syscall.Chmod(s.Dir, 0o700)
	}
	return s.checkDir()
}
