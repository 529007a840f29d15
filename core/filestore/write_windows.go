package filestore

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"

	"github.com/sesame-auth/sesame/providers/acl"
)

// Write replaces a file of the store: a temporary file is written, flushed and renamed, and flushed
// once more, so that after a power cut too there is the old or the new one. A lost
// rename would leave a refresh token that is spent already.
//
// The temporary file has a fixed name, so that a kill leaves one at the most; the caller holds a lock.
func (s *Store) Write(name string, text []byte) error {
	temporary := name + ".new"
	file, err := s.create(temporary)
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err = file.Write(text); err == nil {
		err = file.Sync()
	}
	if err == nil {
		err = s.rename(temporary, name)
	}
	if err != nil {
		file.Close()
		_ = s.remove(temporary)
		return s.fault(name, why(err))
	}
	// NTFS then writes its log, with the rename in it.
	if err := file.Sync(); err != nil {
		return s.fault(name, why(err))
	}
	return nil
}

// Reserve takes the room for a record of the given size, so that a disk that is full is known
// before a provider is asked for a token that could not be kept. It is taken by the
// temporary file, which the next Save removes.
func (s *Store) Reserve(key string, size int) error {
	name := key + ".token.new"
	file, err := s.create(name)
	if err != nil {
		return err
	}
	if _, err = file.Write(make([]byte, size)); err == nil {
		err = file.Sync()
	}
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		_ = s.remove(name)
		return s.fault(name, why(err))
	}
	return nil
}

// rename gives a file another's name, and so takes its place. Package os does it as POSIX does, where the
// file system can: a reader that has the other open keeps it, and hinders nobody. Where it cannot, readers are
// waited for.
func (s *Store) rename(from, to string) error {
	root, err := os.OpenRoot(s.Dir)
	if err != nil {
		return err
	}
	defer root.Close()
	return patiently(long, func() error { return root.Rename(from, to) })
}

// remove removes a file, if it is there.
func (s *Store) remove(name string) error {
	err := patiently(shortly, func() error { return os.Remove(s.path(name)) })
	if errors.Is(err, windows.ERROR_FILE_NOT_FOUND) {
		return nil
	}
	return err
}

// create makes an empty file, in the place of whatever a killed writer left there.
func (s *Store) create(name string) (file *os.File, err error) {
	if err := s.makeDir(); err != nil {
		return nil, err
	}
	if err := s.remove(name); err != nil {
		return nil, s.fault(name, why(err))
	}
	own, err := acl.Own(false)
	if err != nil {
		return nil, s.fault(name, why(err))
	}
	err = patiently(shortly, func() error { // the one that was removed may be on its way
		handle, err := createFile(s.path(name), windows.GENERIC_WRITE, share, own, windows.CREATE_NEW)
		if err == nil {
			file = os.NewFile(uintptr(handle), s.path(name))
		}
		return err
	})
	if err != nil {
		return nil, s.fault(name, why(err))
	}
	return file, nil
}

// syncDir does nothing: there is no flushing a folder.
func (s *Store) syncDir(string) error { return nil }

// makeDir makes the folder, and those above it, if it is not there.
func (s *Store) makeDir() error {
	err := s.checkDir()
	if !errors.Is(err, windows.ERROR_FILE_NOT_FOUND) {
		return err
	}
	own, err := acl.Own(true)
	if err != nil {
		return s.folderFault(err.Error())
	}
	for end := 1; end <= len(s.Dir); end++ {
		if end < len(s.Dir) && !os.IsPathSeparator(s.Dir[end]) {
			continue
		}
		name, bad := windows.UTF16PtrFromString(s.Dir[:end])
		if bad != nil {
			return s.folderFault(bad.Error())
		}
		// Only the last error counts: a folder above may exist and not be ours to make.
		err = windows.CreateDirectory(name, own)
	}
	if err != nil && err != windows.ERROR_ALREADY_EXISTS {
		return s.folderFault(err.Error())
	}
	return s.checkDir()
}
