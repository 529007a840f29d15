package static

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/windows"

	"github.com/sesame-auth/sesame/providers/acl"
)

const homeVariable = "USERPROFILE"

// maxSecret bounds what is read from a file, in bytes; it is the most that a
// token may have.
const maxSecret = 64 << 10

func homeDir() string { return os.Getenv(homeVariable) }

func isAbs(path string) bool { return filepath.IsAbs(path) }

// readOwned returns what the file holds, if nobody but the user, the system and the administrators can
// read it. A symbolic link is followed, since mounted secrets are links; what is checked is the
// file that was opened.
func readOwned(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", cannot(path, err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return "", cannot(path, err)
	}
	if !info.Mode().IsRegular() {
		return "", refused(path+" is not a regular file", "")
	}
	err = acl.Check(windows.Handle(file.Fd()), acl.Any)
	if e, ok := errors.AsType[*acl.OpenError](err); ok {
		return "", refused(path+" "+e.Error(), e.Repair(path))
	}
	if err != nil {
		return "", cannot(path, err)
	}
	text, err := io.ReadAll(io.LimitReader(file, maxSecret+1))
	switch {
	case err != nil:
		return "", cannot(path, err)
	case len(text) > maxSecret:
		return "", refused(path+" holds more than 64 KiB: it is no token", "")
	}
	return string(text), nil
}

func cannot(path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return refused(err.Error(), WriteCommand(path))
	case errors.Is(err, fs.ErrPermission):
		return refused(err.Error(), "")
	}
	return unavailable(err.Error())
}

// WriteCommand returns the next command for a person to type on the way to a file with a secret, which no shell's history has.
// Its folder's access list is the file's too.
func WriteCommand(path string) string {
	folder := filepath.Dir(path)
	if _, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) {
		return `mkdir "` + folder + `"`
	}
	return `notepad "` + path + `"`
}
