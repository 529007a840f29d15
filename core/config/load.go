package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
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
	// Without O_NONBLOCK, opening a FIFO would wait for a writer.
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	// The file that is open is checked, not the one that has the name by now.
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if err := checkFile(info, path, os.Geteuid()); err != nil {
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
		info, err := os.Stat(dir)
		if err != nil {
			return err
		}
		if err := checkDirectory(info, dir, os.Geteuid()); err != nil {
			return err
		}
	}
	return nil
}

func checkFile(info fs.FileInfo, path string, uid int) error {
	if !info.Mode().IsRegular() {
		return errors.New("not a regular file")
	}
	return checkWriters(info, path, uid)
}

// checkDirectory lets a directory with the sticky bit be writable for others: in
// it they cannot exchange a file that is not theirs.
func checkDirectory(info fs.FileInfo, dir string, uid int) error {
	if info.Mode()&fs.ModeSticky != 0 {
		return checkOwner(info, dir, uid)
	}
	return checkWriters(info, dir, uid)
}

// checkWriters fails if another than root and the user can write to what info describes.
func checkWriters(info fs.FileInfo, path string, uid int) error {
	if err := checkOwner(info, path, uid); err != nil {
		return err
	}
	if mode := info.Mode().Perm(); mode&0o022 != 0 {
		return fmt.Errorf("other users can write to %s, its mode is %04o: run: %schmod go-w %s",
			path, mode, sudo(info, uid), shellQuote(path))
	}
	return nil
}

func checkOwner(info fs.FileInfo, path string, uid int) error {
	if owner := owner(info); owner != uid && owner != 0 {
		return fmt.Errorf("%s belongs to user %d, neither to you nor to root: run: sudo chown %d %s",
			path, owner, uid, shellQuote(path))
	}
	return nil
}

// owner returns the user id that owns what info describes; -1, who is nobody, if unknown.
func owner(info fs.FileInfo) int {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return -1
	}
	return int(stat.Uid)
}

// sudo begins a command that the user may not run alone.
func sudo(info fs.FileInfo, uid int) string {
	if uid == 0 || owner(info) == uid {
		return ""
	}
	return "sudo "
}

// shellQuote returns path so that a shell reads it back.
func shellQuote(path string) string {
	if isOf(path, letters+capital+digits+"/._-+@") {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}
