package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/sesame-auth/sesame/cmd/internal/catalog"
	"github.com/sesame-auth/sesame/core/config"
	"github.com/sesame-auth/sesame/core/routes"
)

// A configFile is the configuration that a route is to be added to.
type configFile struct {
	path   string // absolute
	text   string // what is in it; "" where it is not there
	mode   fs.FileMode
	loaded routes.Config
}

// openConfig reads the configuration at path, which need not be there. One that no request would read is not added
// to.
func openConfig(path string) (*configFile, error) {
	f := &configFile{path: path, mode: 0o600}
	loaded, err := config.Load(path, catalog.Profiles())
	if errors.Is(err, fs.ErrNotExist) {
		return f, nil
	}
	if err != nil {
		return nil, fmt.Errorf("nothing was written, since the configuration must be mended first:\n%w", err)
	}
	f.loaded = loaded
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	f.mode = info.Mode().Perm()
	text, err := os.ReadFile(path)
	f.text = string(text)
	return f, err
}

// with returns the file's text with a block added.
func (f *configFile) with(block string) string {
	switch {
	case f.text == "":
		return block
	case f.text[len(f.text)-1] != '\n':
		return f.text + "\n\n" + block
	}
	return f.text + "\n" + block
}

// add adds a block, if the whole is then good, in one step.
func (f *configFile) add(block string) error {
	if err := f.allows(block); err != nil {
		return fmt.Errorf("nothing was written, since the whole would be wrong:\n%w", err)
	}
	path, err := resolved(f.path)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return replace(path, f.with(block), f.mode)
}

// replace writes a file in one step: a request that comes meanwhile reads the old or the new one.
func replace(path, text string, mode fs.FileMode) (err error) {
	temporary, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(temporary.Name())
		}
	}()
	_, err = temporary.WriteString(text)
	err = errors.Join(err, temporary.Chmod(mode), temporary.Sync(), temporary.Close())
	if err != nil {
		return err
	}
	return os.Rename(temporary.Name(), path)
}

// resolved returns the file that a path leads to, so that a symbolic link stays one.
func resolved(path string) (string, error) {
	target, err := filepath.EvalSymlinks(path)
	if _, there := os.Lstat(path); errors.Is(err, fs.ErrNotExist) && there == nil {
		return "", fmt.Errorf("%s: is a symbolic link to a file that is not there", path)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return path, nil
	}
	return target, err
}

// free reports what speaks against a route for a pattern.
func (f *configFile) free(match string) error {
	pattern, err := routes.ParsePattern(match)
	if err != nil {
		return err
	}
	for _, route := range f.loaded.Routes {
		if route.Pattern.String() == pattern.String() {
			return fmt.Errorf("the route for %s is in line %d of %s already", pattern, route.Line, f.path)
		}
	}
	return nil
}

// allows reports what would be wrong with the file if a block were added.
func (f *configFile) allows(block string) error {
	_, err := config.Parse(f.path, []byte(f.with(block)), catalog.Profiles())
	return err
}
