//go:build unix

package host

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/sesame-auth/sesame/providers/quote"
)

// checkFile follows path to a regular file, through its symbolic links, and returns
// where it is. Everything on the way must belong to root or to uid, and nobody else may write
// to it, since whoever may can have a program of his own executed. A directory
// with the sticky bit that belongs to root is as good: what lies in it is its owner's.
func checkFile(path string, uid int) (string, error) {
	const maxLinks = 40 // as in Linux
	for range maxLinks {
		link, err := checkParts(path, uid)
		if err != nil {
			return "", err
		}
		if link == "" {
			return path, nil
		}
		target, err := os.Readlink(link)
		if err != nil {
			return "", err
		}
		if !filepath.IsAbs(target) {
			target = filepath.Join(filepath.Dir(link), target)
		}
		path = filepath.Join(target, strings.TrimPrefix(path, link))
	}
	return "", errors.New("too many symbolic links")
}

// checkParts checks each directory of path, and path, from the root on. It stops at the
// first symbolic link and returns it.
func checkParts(path string, uid int) (link string, err error) {
	for end := 1; ; {
		part := path[:end]
		info, err := os.Lstat(part)
		if err != nil {
			return "", fmt.Errorf("cannot look at %s: %w", part, err.(*fs.PathError).Err)
		}
		if err := checkOwner(part, info, uid); err != nil {
			return "", err
		}
		if info.Mode()&fs.ModeSymlink != 0 {
			return part, nil
		}
		if end == len(path) {
			return "", checkKind(info)
		}
		end = nextPart(path, end)
	}
}

// nextPart returns where the part of path ends that begins at end.
func nextPart(path string, end int) int {
	start := end
	if path[start] == '/' {
		start++
	}
	if next := strings.IndexByte(path[start:], '/'); next >= 0 {
		return start + next
	}
	return len(path)
}

func checkKind(info fs.FileInfo) error {
	switch mode := info.Mode(); {
	case !mode.IsRegular():
		return errors.New("is not a regular file")
	case mode.Perm()&0o111 == 0:
		return errors.New("is not executable")
	}
	return nil
}

func checkOwner(path string, info fs.FileInfo, uid int) error {
	owner := int(info.Sys().(*syscall.Stat_t).Uid)
	mode := info.Mode()
	if owner != 0 && owner != uid {
		return &repairError{
			cause:   fmt.Sprintf("%s belongs to user %d, who could replace the plugin", path, owner),
			command: "sudo chown root " + word(path),
		}
	}
	sticky := info.IsDir() && owner == 0 && mode&fs.ModeSticky != 0
	if mode&fs.ModeSymlink == 0 && mode.Perm()&0o022 != 0 && !sticky {
		return &repairError{
			cause:   fmt.Sprintf("%s can be written by other users (mode %04o)", path, mode.Perm()),
			command: "chmod go-w " + word(path),
		}
	}
	return nil
}

// word returns a path as the shell reads it back.
func word(path string) string { return quote.Posix(path) }
