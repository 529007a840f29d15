//go:build unix

package filestore

import (
	"strings"
	"syscall"
)

// Write replaces a file of the store: a temporary file is written, synced and renamed, and the
// folder is synced, so that after a power cut too there is the old or the new one. A lost
// rename would leave a refresh token that is spent already.
//
// The temporary file has a fixed name, so that a kill leaves one at the most; the caller holds a lock.
func (s *Store) Write(name string, text []byte) error {
	if err := s.makeDir(); err != nil {
		return err
	}
	temporary := s.path(name + ".new")
	if err := syscall.Unlink(temporary); err != nil && err != syscall.ENOENT {
		return s.fault(name+".new", err.Error())
	}
	const flags = syscall.O_WRONLY | syscall.O_CREAT | syscall.O_EXCL | syscall.O_NOFOLLOW | syscall.O_CLOEXEC
	fd, err := open(temporary, flags, 0o600)
	if err != nil {
		return s.fault(name+".new", err.Error())
	}
	if err = writeAll(fd, text); err == nil {
		err = fsync(fd)
	}
	if closed := syscall.Close(fd); err == nil {
		err = closed
	}
	if err == nil {
		err = syscall.Rename(temporary, s.path(name))
	}
	if err != nil {
		_ = syscall.Unlink(temporary)
		return s.fault(name, err.Error())
	}
	return s.syncDir(name)
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
	fd, err := open(s.Dir, syscall.O_RDONLY|syscall.O_DIRECTORY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return s.fault(name, err.Error())
	}
	defer syscall.Close(fd)
	if err := fsync(fd); err != nil && err != syscall.EINVAL && err != syscall.ENOTSUP {
		return s.fault(name, err.Error())
	}
	return nil
}

func fsync(fd int) error {
	for {
		if err := syscall.Fsync(fd); err != syscall.EINTR {
			return err
		}
	}
}

// makeDir makes the folder, and those above it, if it is not there.
func (s *Store) makeDir() error {
	err := s.checkDir()
	if err != syscall.ENOENT {
		return err
	}
	for end := 1; end <= len(s.Dir); end++ {
		if end < len(s.Dir) && s.Dir[end] != '/' {
			continue
		}
		// Only the last error counts: a folder above may exist and not be ours to make.
		err = syscall.Mkdir(strings.TrimSuffix(s.Dir[:end], "/"), 0o700)
	}
	if err != nil && err != syscall.EEXIST {
		return s.fault("", err.Error())
	}
	// The umask may have taken the owner's own rights.
	if err == nil {
		_ = syscall.Chmod(s.Dir, 0o700)
	}
	return s.checkDir()
}
