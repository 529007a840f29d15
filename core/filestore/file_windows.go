package filestore

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/windows"

	"github.com/sesame-auth/sesame/providers/acl"
)

// share lets others read, write and replace a file that is open: it is a reader's or a writer's
// for a moment only, and neither must hold the other up.
const share = windows.FILE_SHARE_READ | windows.FILE_SHARE_WRITE | windows.FILE_SHARE_DELETE

// Dir returns the folder for records: SESAME_STATE_DIR, else sesame in LOCALAPPDATA; "" where
// neither is set to an absolute path. It is not in APPDATA, which may roam: a lock holds on one machine.
func Dir(getenv func(string) string) string {
	if dir := getenv("SESAME_STATE_DIR"); filepath.IsAbs(dir) {
		return filepath.Clean(dir)
	}
	if data := getenv("LOCALAPPDATA"); filepath.IsAbs(data) {
		return filepath.Join(data, "sesame")
	}
	return ""
}

// Read returns the text of a file of the store; "" if there is none.
func (s *Store) Read(name string) (string, error) {
	data, err := s.readAll(name, maxSize)
	return string(data), err
}

// Map returns the content of a file of the store, for one that may be large; nil if there is none. It is read, since
// no file that is mapped can be replaced.
func (s *Store) Map(name string) ([]byte, error) { return s.readAll(name, maxMapped) }

// readAll reads a file of the store that is as this program would have written it.
func (s *Store) readAll(name string, limit int64) ([]byte, error) {
	err := s.checkDir()
	if errors.Is(err, windows.ERROR_FILE_NOT_FOUND) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	file, err := s.open(name)
	if errors.Is(err, windows.ERROR_FILE_NOT_FOUND) {
		return nil, nil
	}
	if err != nil {
		return nil, s.fault(name, why(err))
	}
	defer file.Close()
	size, err := s.distrust(name, windows.Handle(file.Fd()))
	switch {
	case err != nil:
		return nil, err
	case size > limit:
		return nil, s.fault(name, "is too large to be sesame's; remove it")
	}
	data := make([]byte, size)
	if _, err := io.ReadFull(file, data); err != nil {
		return nil, s.fault(name, why(err))
	}
	return data, nil
}

// open opens a file of the store to read it, or whatever lies in its place.
func (s *Store) open(name string) (file *os.File, err error) {
	err = patiently(shortly, func() error {
		const access = windows.GENERIC_READ // READ_CONTROL is among it
		handle, err := createFile(s.path(name), access, share, nil, windows.OPEN_EXISTING)
		if err == nil {
			file = os.NewFile(uintptr(handle), s.path(name))
		}
		return err
	})
	return file, err
}

// createFile opens or makes a file. A link is opened as itself, and a folder can be opened too, so that what
// is open tells what it is.
func createFile(path string, access, share uint32, own *windows.SecurityAttributes, how uint32) (windows.Handle, error) {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return windows.InvalidHandle, err
	}
	const flags = windows.FILE_FLAG_OPEN_REPARSE_POINT | windows.FILE_FLAG_BACKUP_SEMANTICS
	return windows.CreateFile(name, access, share, own, how, flags, 0)
}

// distrust says why the file is not what this program would have written, or how large it is.
func (s *Store) distrust(name string, handle windows.Handle) (size int64, err error) {
	var file windows.ByHandleFileInformation
	if err := windows.GetFileInformationByHandle(handle, &file); err != nil {
		return 0, s.fault(name, why(err))
	}
	switch {
	case file.FileAttributes&windows.FILE_ATTRIBUTE_REPARSE_POINT != 0:
		return 0, s.fault(name, "is a symbolic link; remove it")
	case file.FileAttributes&windows.FILE_ATTRIBUTE_DIRECTORY != 0:
		return 0, s.fault(name, "is not a regular file; remove it")
	case file.NumberOfLinks > 1: // it may have none once it was replaced, and was good when it was opened
		return 0, s.fault(name, "has another name too; remove it")
	}
	switch err := acl.Check(handle, acl.Any).(type) {
	case nil:
		return int64(file.FileSizeHigh)<<32 | int64(file.FileSizeLow), nil
	case *acl.OpenError:
		if err.Owner {
			return 0, s.fault(name, err.Error()+"; remove it")
		}
		return 0, s.fault(name, err.Error()+"; remove it, since they may have read it")
	default:
		return 0, s.fault(name, why(err))
	}
}

// checkDir returns ERROR_FILE_NOT_FOUND if the folder is not there, and an error for people if it is
// not this user's alone.
func (s *Store) checkDir() error {
	if s.trusted {
		return nil
	}
	if s.Dir == "" {
		return errors.New("state folder: set SESAME_STATE_DIR or LOCALAPPDATA to an absolute path")
	}
	handle, err := createFile(s.Dir, windows.READ_CONTROL|windows.FILE_READ_ATTRIBUTES, share, nil, windows.OPEN_EXISTING)
	if err == windows.ERROR_FILE_NOT_FOUND || err == windows.ERROR_PATH_NOT_FOUND {
		return windows.ERROR_FILE_NOT_FOUND
	}
	if err != nil {
		return s.folderFault(err.Error())
	}
	defer windows.CloseHandle(handle)
	var folder windows.ByHandleFileInformation
	if err := windows.GetFileInformationByHandle(handle, &folder); err != nil {
		return s.folderFault(err.Error())
	}
	const kind = windows.FILE_ATTRIBUTE_DIRECTORY | windows.FILE_ATTRIBUTE_REPARSE_POINT
	if folder.FileAttributes&kind != windows.FILE_ATTRIBUTE_DIRECTORY {
		return s.folderFault("is not a folder; remove it, or set SESAME_STATE_DIR to a folder of your own")
	}
	switch err := acl.Check(handle, acl.Any).(type) {
	case nil:
		s.trusted = true
		return nil
	case *acl.OpenError:
		if err.Owner {
			return s.folderFault(err.Error() + "; set SESAME_STATE_DIR to a folder of your own")
		}
		return s.folderFault(err.Error() + "; type: " + err.Repair(s.Dir))
	default:
		return s.folderFault(err.Error())
	}
}

func (s *Store) folderFault(what string) error {
	return errors.New("state folder " + s.Dir + ": " + what)
}

func (s *Store) path(name string) string { return strings.TrimSuffix(s.Dir, `\`) + `\` + name }

// why says what an error of the system means here, and what to do about it.
func why(err error) string {
	var errno windows.Errno
	switch {
	case errors.Is(err, windows.ERROR_ACCESS_DENIED), errors.Is(err, windows.ERROR_WRITE_PROTECT):
		return windows.ERROR_ACCESS_DENIED.Error() + " set SESAME_STATE_DIR to a folder that can be written"
	case errors.As(err, &errno):
		return errno.Error() // without the path, which is said already
	}
	return err.Error()
}
