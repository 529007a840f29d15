package fileid

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

// Of returns the identity of the file that path leads to, symbolic links followed. It
// changes whenever the file is written, replaced, or given another owner or list of rights, and has no
// blanks. One that cannot be reached has an identity too, which begins with "error"; exists is false if
// nothing has that name.
func Of(path string) (identity string, exists bool) {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return unreachable(err), false
	}
	// Whoever replaces the file meanwhile must not be held up.
	const share = windows.FILE_SHARE_READ | windows.FILE_SHARE_WRITE | windows.FILE_SHARE_DELETE
	handle, err := windows.CreateFile(name, windows.FILE_READ_ATTRIBUTES, share, nil,
		windows.OPEN_EXISTING, windows.FILE_FLAG_BACKUP_SEMANTICS, 0)
	if err != nil {
		gone := err == windows.ERROR_FILE_NOT_FOUND || err == windows.ERROR_PATH_NOT_FOUND
		return unreachable(err), !gone
	}
	defer windows.CloseHandle(handle)
	var file windows.ByHandleFileInformation
	if err := windows.GetFileInformationByHandle(handle, &file); err != nil {
		return unreachable(err), true
	}
	// FILE_BASIC_INFO; the time of the last change of anything, owner and rights included, is here alone.
	var basic struct {
		created, accessed, written, changed int64
		attributes                          uint32
		_                                   uint32
	}
	err = windows.GetFileInformationByHandleEx(handle, windows.FileBasicInfo,
		(*byte)(unsafe.Pointer(&basic)), uint32(unsafe.Sizeof(basic)))
	if err != nil {
		return unreachable(err), true
	}
	return join(int64(file.VolumeSerialNumber), int64(file.FileIndexHigh)<<32|int64(file.FileIndexLow),
		int64(file.FileSizeHigh)<<32|int64(file.FileSizeLow), basic.written, basic.changed), true
}
