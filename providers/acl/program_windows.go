package acl

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/windows"
)

// A PathError says of which file or folder an error is.
type PathError struct {
	Path string
	Err  error
}

// Error names the file.
func (e *PathError) Error() string { return e.Path + " " + e.Err.Error() }

// Unwrap returns the error without the name.
func (e *PathError) Unwrap() error { return e.Err }

// Program follows path, which is absolute and clean, to a program, through links, and returns where it is. It returns a *[PathError],
// with an *[OpenError] where one fits, if anybody but the user, the system and the administrators could put another
// program in its place, or a library beside it: such a program could have been exchanged already.
//
// The program is an .exe file: anything else that can be started is a script for a shell.
func Program(path string) (string, error) {
	const maxLinks = 63 // as in Windows
	start := path
	for range maxLinks {
		link, err := checkParts(path)
		if err != nil {
			return "", err
		}
		if link == "" {
			return path, nil
		}
		target, err := os.Readlink(link)
		if err != nil {
			return "", &PathError{link, errors.New("is neither a file nor a link that can be followed")}
		}
		if !filepath.IsAbs(target) {
			target = filepath.Join(filepath.Dir(link), target)
		}
		path = filepath.Join(target, strings.TrimPrefix(path, link))
	}
	return "", &PathError{start, errors.New("has too many links on its way")}
}

// checkParts checks each folder of path, and path, from the root on. It stops at the
// first link and returns it.
func checkParts(path string) (link string, err error) {
	for end := len(filepath.VolumeName(path)) + 1; ; end = nextPart(path, end) {
		part := path[:min(end, len(path))]
		// Whoever adds a file to a folder further up exchanges none.
		rights := Replace
		if len(part) == len(path) || nextPart(path, end) == len(path) {
			rights = Write
		}
		attributes, err := checkPart(part, rights)
		switch {
		case err != nil:
			return "", &PathError{part, err}
		case attributes&windows.FILE_ATTRIBUTE_REPARSE_POINT != 0:
			return part, nil
		case len(part) < len(path):
		case attributes&windows.FILE_ATTRIBUTE_DIRECTORY != 0:
			return "", &PathError{path, errors.New("is a folder")}
		case !strings.EqualFold(filepath.Ext(path), ".exe"):
			return "", &PathError{path, errors.New("is no .exe file, and there is no shell to run anything else")}
		default:
			return "", nil
		}
	}
}

// nextPart returns where the part of path ends that begins at end.
func nextPart(path string, end int) int {
	start := min(end, len(path))
	if start < len(path) && path[start] == '\\' {
		start++
	}
	if next := strings.IndexByte(path[start:], '\\'); next >= 0 {
		return start + next
	}
	return len(path)
}

// checkPart checks one file or folder, links not followed, and returns what it is.
func checkPart(path string, rights windows.ACCESS_MASK) (attributes uint32, err error) {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return 0, err
	}
	const access = windows.READ_CONTROL | windows.FILE_READ_ATTRIBUTES
	const share = windows.FILE_SHARE_READ | windows.FILE_SHARE_WRITE | windows.FILE_SHARE_DELETE
	const flags = windows.FILE_FLAG_OPEN_REPARSE_POINT | windows.FILE_FLAG_BACKUP_SEMANTICS
	handle, err := windows.CreateFile(name, access, share, nil, windows.OPEN_EXISTING, flags, 0)
	if err != nil {
		return 0, fmt.Errorf("cannot be looked at: %w", err)
	}
	defer windows.CloseHandle(handle)
	var file windows.ByHandleFileInformation
	if err := windows.GetFileInformationByHandle(handle, &file); err != nil {
		return 0, fmt.Errorf("cannot be looked at: %w", err)
	}
	return file.FileAttributes, Check(handle, rights)
}
