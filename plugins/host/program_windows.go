package host

import (
	"os"

	"golang.org/x/sys/windows"
)

// openExecutable opens the file so that nobody can write, rename or remove it as long as it is open, nor a folder on its way.
func openExecutable(path string) (*os.File, error) {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return nil, err
	}
	const flags = windows.FILE_FLAG_OPEN_REPARSE_POINT
	handle, err := windows.CreateFile(name, windows.GENERIC_READ, windows.FILE_SHARE_READ, nil, windows.OPEN_EXISTING, flags, 0)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: path, Err: err}
	}
	return os.NewFile(uintptr(handle), path), nil
}

// pin sees to it that what is executed has the digest: the file stays as it is while it is open.
func (p *program) pin(want, _ string) error { return compareDigest(p.path, p.file, want) }
