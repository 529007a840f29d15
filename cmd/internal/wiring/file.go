package wiring

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/sesame-auth/sesame/cmd/internal/shell"
)

// maxFile bounds what is read of a tool's file, in bytes.
const maxFile = 16 << 20

// A place is where a tool's file is, or would be.
type place struct {
	path       string      // absolute
	mode       fs.FileMode // of a new file, before the umask
	makeFolder bool        // its folder is made too, owner-only
	lock       string      // what the tool itself adds to the name of the file it writes before it renames it
}

// A file is a tool's file as it was read.
type file struct {
	place
	real    string // path without symbolic links
	text    string
	missing bool
	info    fs.FileInfo
}

// read reads the file; it need not be there.
func (p place) read() (file, error) {
	f := file{place: p}
	var err error
	if f.real, err = resolve(p.path); err != nil {
		return f, err
	}
	// Without O_NONBLOCK, opening a FIFO would wait for a writer. Windows ignores the flag.
	opened, err := os.OpenFile(f.real, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if errors.Is(err, fs.ErrNotExist) {
		f.missing = true
		return f, f.checkFolder()
	}
	if err != nil {
		return f, err
	}
	defer opened.Close()
	if f.info, err = opened.Stat(); err != nil {
		return f, err
	}
	switch {
	case !f.info.Mode().IsRegular():
		return f, fmt.Errorf("%s: is not a regular file", p.path)
	case f.info.Mode()&0o200 == 0:
		return f, fmt.Errorf("%s: is read-only; if nothing else manages it, type: %s", p.path, shell.AllowWrite(p.path))
	case f.info.Size() > maxFile:
		return f, fmt.Errorf("%s: is larger than %d MiB", p.path, maxFile>>20)
	}
	text, err := io.ReadAll(io.LimitReader(opened, maxFile))
	f.text = string(text)
	return f, err
}

// checkFolder fails if there is no folder for a new file, and none is to be made.
func (f file) checkFolder() error {
	folder := filepath.Dir(f.real)
	if _, err := os.Stat(folder); !f.makeFolder && errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: its folder is not there; to make it, type: %s", f.path, shell.MakeFolder(folder))
	}
	return nil
}

// resolve follows the symbolic links of a path whose end need not be there.
func resolve(path string) (string, error) {
	real, err := filepath.EvalSymlinks(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		why := "its symbolic links lead in a circle"
		if e, ok := errors.AsType[*fs.PathError](err); ok {
			why = e.Err.Error()
		}
		return "", fmt.Errorf("%s: %s", path, why)
	}
	if err == nil {
		return real, nil
	}
	if _, err := os.Lstat(path); err == nil {
		return "", fmt.Errorf("%s: is a symbolic link to a file that is not there", path)
	}
	folder := filepath.Dir(path)
	if folder == path {
		return path, nil
	}
	folder, err = resolve(folder)
	return filepath.Join(folder, filepath.Base(path)), err
}

// replace puts text in the file's place, whole or not at all, with the mode and the owner that it
// has. It fails if the file is not as it was read any more.
func (f file) replace(text string) error {
	folders, err := f.makeFolders()
	if err != nil {
		return err
	}
	temporary, err := f.create()
	if err == nil {
		err = f.commit(temporary, text)
	}
	if err != nil {
		removeFolders(folders)
	}
	return err
}

// create opens the file that is to take the other's place. Where the tool locks its file by
// making that one, so do we.
func (f file) create() (*os.File, error) {
	name, mode := f.real+f.lock, f.mode
	if f.lock == "" {
		// Whoever makes it holds the lock on the record: what is there is of one that was killed.
		name = f.real + ".sesame-new"
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	if !f.missing {
		mode = 0o600 // until it has the other's
	}
	// With O_EXCL no link is followed.
	temporary, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("%s: is being changed by another program; if none runs, type: %s", f.path, shell.Remove(name))
	}
	return temporary, err
}

// commit writes the temporary file, and renames it.
func (f file) commit(temporary *os.File, text string) error {
	err := f.adopt(temporary)
	if err == nil {
		_, err = temporary.WriteString(text)
	}
	if err == nil {
		err = temporary.Sync()
	}
	if closed := temporary.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = f.unchanged()
	}
	if err == nil {
		err = os.Rename(temporary.Name(), f.real)
	}
	if err != nil {
		os.Remove(temporary.Name())
		return err
	}
	syncFolder(filepath.Dir(f.real))
	return nil
}

// unchanged fails if somebody has changed the file since it was read.
func (f file) unchanged() error {
	now, err := f.read()
	if err != nil {
		return err
	}
	if now.real != f.real || now.missing != f.missing || now.text != f.text {
		return fmt.Errorf("%s: was changed by another program just now, so nothing was written; try again", f.path)
	}
	return nil
}

// remove removes the file, and those of the folders that are empty then.
func (f file) remove(folders []string) error {
	if err := f.unchanged(); err != nil {
		return err
	}
	if err := os.Remove(f.real); err != nil {
		return err
	}
	syncFolder(filepath.Dir(f.real))
	removeFolders(folders)
	return nil
}

// missingFolders returns the folders to make, the innermost first.
func (f file) missingFolders() (missing []string) {
	if !f.makeFolder {
		return nil
	}
	for folder := filepath.Dir(f.real); ; folder = filepath.Dir(folder) {
		if _, err := os.Lstat(folder); err == nil || folder == filepath.Dir(folder) {
			return missing
		}
		missing = append(missing, folder)
	}
}

// makeFolders makes them.
func (f file) makeFolders() (made []string, err error) {
	made = f.missingFolders()
	if len(made) == 0 {
		return nil, nil
	}
	return made, os.MkdirAll(made[0], 0o700)
}

func removeFolders(folders []string) {
	for _, folder := range folders {
		os.Remove(folder) // fails where something else is in it by now
	}
}

// syncFolder makes a rename last. Not every file system can do that, and the file is in its place.
func syncFolder(path string) {
	if folder, err := os.Open(path); err == nil {
		_ = folder.Sync()
		folder.Close()
	}
}
