package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/sesame-auth/sesame/core/routes"
	"github.com/sesame-auth/sesame/providers"
)

// maxSize is how large a configuration may be, in bytes.
const maxSize = 4 << 20

// Load reads the configuration at path, which must be absolute: a configuration is never
// looked for in the working directory. The empty path gives an empty configuration. An error for a file
// that is not there matches fs.ErrNotExist; whether that is a fault, [routes.Named] knows.
//
// Load refuses a file that another user could have written, since whoever writes it
// chooses the programs that sesame starts. A symbolic link is followed, as dotfile managers make
// them; then the file that it leads to is checked. See also [Parse].
func Load(path string, profiles []providers.Profile) (routes.Config, error) {
	if path == "" {
		return routes.Config{}, nil
	}
	if !filepath.IsAbs(path) || strings.ContainsFunc(path, unicode.IsControl) {
		return routes.Config{}, fmt.Errorf("configuration %s: want an absolute path without control characters",
			printable(path))
	}
	data, err := read(path)
	if err != nil {
		// The path is said once, by us, not by os again.
		if cause, ok := errors.AsType[*fs.PathError](err); ok {
			err = cause.Err
		}
		return routes.Config{}, fmt.Errorf("configuration %s: %w", path, err)
	}
	return Parse(path, data, profiles)
}

// read returns the content of the file at path, once it is known to be ours.
func read(path string) ([]byte, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|nonblocking, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	// The file that is open is checked, not the one that has the name by now.
	if err := checkOpen(f, path); err != nil {
		return nil, err
	}
	if err := checkDirectories(path); err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err == nil && len(data) > maxSize {
		err = fmt.Errorf("larger than %d MiB", maxSize>>20)
	}
	return data, err
}

// checkDirectories checks the directory that holds path, and the one that holds the
// file itself where path is a symbolic link. Who writes in either can exchange the file.
func checkDirectories(path string) error {
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	for _, dir := range []string{filepath.Dir(path), filepath.Dir(target)} {
		if err := checkHolder(dir); err != nil {
			return err
		}
	}
	return nil
}
