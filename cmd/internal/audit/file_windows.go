package audit

import (
	"errors"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/sys/windows"

	"github.com/sesame-auth/sesame/providers/acl"
)

// MaxSize is how large the file may become, in bytes, before it is renamed to PATH.1, in the place of the
// one before. While a process that is about to rename it is held up others go on, to twice that.
const MaxSize = 1 << 20

// homeVariable names the home folder.
const homeVariable = "USERPROFILE"

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
	if !filepath.IsAbs(path) {
		return errors.New("want an absolute path")
	}
	handle, size, err := open(path)
	if err != nil {
		return err
	}
	defer func() { windows.CloseHandle(handle) }()
	if size+int64(len(text)) > MaxSize {
		switch rotated, err := rotate(path, handle); {
		case err != nil:
			return err
		case rotated:
			windows.CloseHandle(handle)
			if handle, _, err = open(path); err != nil {
				return err
			}
		case size > 2*MaxSize:
			return errors.New("is full: another process has it locked")
		}
	}
	var n uint32
	err = windows.WriteFile(handle, text, &n, nil)
	if err == nil && int(n) < len(text) {
		err = io.ErrShortWrite
	}
	return err
}

// open opens the file, and makes it if need be.
func open(path string) (handle windows.Handle, size int64, err error) {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return windows.InvalidHandle, 0, err
	}
	own, err := acl.Own(false)
	if err != nil {
		return windows.InvalidHandle, 0, err
	}
	// Without the right to write anywhere else, each write is at the end, whoever else writes; to lock it wants
	// the right to read. Whoever renames the file must not be held up.
	const access = windows.FILE_APPEND_DATA | windows.FILE_READ_DATA | windows.FILE_READ_ATTRIBUTES |
		windows.READ_CONTROL | windows.SYNCHRONIZE
	const share = windows.FILE_SHARE_READ | windows.FILE_SHARE_WRITE | windows.FILE_SHARE_DELETE
	const flags = windows.FILE_FLAG_OPEN_REPARSE_POINT | windows.FILE_FLAG_BACKUP_SEMANTICS
	if handle, err = windows.CreateFile(name, access, share, own, windows.OPEN_ALWAYS, flags, 0); err != nil {
		return windows.InvalidHandle, 0, err
	}
	if size, err = distrust(handle); err != nil {
		windows.CloseHandle(handle)
		return windows.InvalidHandle, 0, err
	}
	return handle, size, nil
}

// distrust says why the file is not one to write to, or how large it is. Others may read it, but not write.
func distrust(handle windows.Handle) (size int64, err error) {
	var file windows.ByHandleFileInformation
	if err := windows.GetFileInformationByHandle(handle, &file); err != nil {
		return 0, err
	}
	const other = windows.FILE_ATTRIBUTE_DIRECTORY | windows.FILE_ATTRIBUTE_REPARSE_POINT
	if file.FileAttributes&other != 0 {
		return 0, errors.New("is not a regular file")
	}
	return int64(file.FileSizeHigh)<<32 | int64(file.FileSizeLow), acl.Check(handle, acl.Write|windows.FILE_APPEND_DATA)
}

// rotate renames the file if it still has that name, and reports whether the name now
// leads to another. Only who has locked a file renames it.
func rotate(path string, handle windows.Handle) (rotated bool, err error) {
	const now = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	const behind = 1 << 30 // the end of every such file: what is locked cannot be written
	if err := windows.LockFileEx(handle, now, 0, 1, 0, &windows.Overlapped{OffsetHigh: behind}); err != nil {
		return false, nil // another process is about to
	}
	defer windows.UnlockFileEx(handle, 0, 1, 0, &windows.Overlapped{OffsetHigh: behind})
	var mine windows.ByHandleFileInformation
	if err := windows.GetFileInformationByHandle(handle, &mine); err != nil {
		return false, err
	}
	named, _, err := open(path)
	if err != nil {
		return false, err
	}
	var other windows.ByHandleFileInformation
	err = windows.GetFileInformationByHandle(named, &other)
	windows.CloseHandle(named)
	if err != nil {
		return false, err
	}
	if mine.FileIndexHigh != other.FileIndexHigh || mine.FileIndexLow != other.FileIndexLow {
		return true, nil
	}
	root, err := os.OpenRoot(filepath.Dir(path)) // which renames a file that others have open
	if err != nil {
		return false, err
	}
	defer root.Close()
	err = root.Rename(filepath.Base(path), filepath.Base(Old(path)))
	return err == nil, err
}

// Old is what the file at path is renamed to when it is full.
func Old(path string) string { return path + ".1" }
