package static

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

const homeVariable = "USERPROFILE"

// maxSecret bounds what is read from a file, in bytes; it is the most that a
// token may have.
const maxSecret = 64 << 10

func homeDir() string { return os.Getenv(homeVariable) }

func isAbs(path string) bool { return filepath.IsAbs(path) }

// readOwned returns what the file holds. Who may read it is not checked: the
// mode bits of Windows do not say.
func readOwned(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", cannot(err)
	}
	if !info.Mode().IsRegular() {
		return "", refused(path+" is not a regular file", "")
	}
	file, err := os.Open(path)
	if err != nil {
		return "", cannot(err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxSecret+1))
	switch {
	case err != nil:
		return "", cannot(err)
	case len(text) > maxSecret:
		return "", refused(path+" holds more than 64 KiB: it is no token", "")
	}
	return string(text), nil
}

func cannot(err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return refused(err.Error(), "")
	}
	return unavailable(err.Error())
}
