//go:build unix

package exec

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

// find returns where the program is: name itself, if it is an absolute path, or the first
// file of that name that can be executed in a directory of path, the variable PATH. Directories that are
// not absolute are left out: they would be those of whatever project a tool is started in.
func find(name, path string, uid int) (string, error) {
	if strings.HasPrefix(name, "/") {
		return filepath.Clean(name), checkFile(filepath.Clean(name), uid)
	}
	if strings.Contains(name, "/") {
		return "", refused("option command: want an absolute path, or a name that is looked up in PATH", "")
	}
	for _, dir := range filepath.SplitList(path) {
		if !filepath.IsAbs(dir) {
			continue
		}
		file := filepath.Join(dir, name)
		info, err := os.Stat(file)
		if err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o111 != 0 {
			return file, checkFile(file, uid)
		}
	}
	return "", refused("command "+clean(name)+" is not in PATH", "")
}

// checkFile follows path to a regular file, through its symbolic links. Everything on the way must
// belong to root or to uid, and nobody else may write to it, since whoever may can
// have a program of his own executed. A directory with the sticky bit that
// belongs to root is as good: what lies in it is its owner's.
func checkFile(path string, uid int) error {
	const maxLinks = 40 // as in Linux
	start := path
	for range maxLinks {
		link, err := checkParts(path, uid)
		if link == "" || err != nil {
			return err
		}
		target, err := os.Readlink(link)
		if err != nil {
			return cannotLook(link, err)
		}
		if !filepath.IsAbs(target) {
			target = filepath.Join(filepath.Dir(link), target)
		}
		path = filepath.Join(target, strings.TrimPrefix(path, link))
	}
	return refused("command "+clean(start)+": too many symbolic links", "")
}

// checkParts checks each directory of path, and path, from the root on. It stops at the
// first symbolic link and returns it.
func checkParts(path string, uid int) (link string, err error) {
	for end := 1; ; {
		part := path[:end]
		info, err := os.Lstat(part)
		if err != nil {
			return "", cannotLook(part, err)
		}
		if err := checkOwner(part, info, uid); err != nil {
			return "", err
		}
		if info.Mode()&fs.ModeSymlink != 0 {
			return part, nil
		}
		if end == len(path) {
			return "", checkKind(path, info)
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

func checkKind(path string, info fs.FileInfo) error {
	switch mode := info.Mode(); {
	case !mode.IsRegular():
		return refused("command "+clean(path)+" is not a regular file", "")
	case mode.Perm()&0o111 == 0:
		return refused("command "+clean(path)+" is not executable", "chmod +x "+quote.Posix(path))
	}
	return nil
}

func checkOwner(path string, info fs.FileInfo, uid int) error {
	owner, mode := int(info.Sys().(*syscall.Stat_t).Uid), info.Mode()
	if owner != 0 && owner != uid {
		return refused(fmt.Sprintf("%s belongs to user %d, who could replace the command", clean(path), owner),
			"sudo chown root "+quote.Posix(path))
	}
	sticky := info.IsDir() && owner == 0 && mode&fs.ModeSticky != 0
	if mode&fs.ModeSymlink == 0 && mode.Perm()&0o022 != 0 && !sticky {
		return refused(fmt.Sprintf("%s can be written by other users (mode %04o), who could replace the command",
			clean(path), mode.Perm()), "chmod go-w "+quote.Posix(path))
	}
	return nil
}

func cannotLook(path string, err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		err = e.Err
	}
	return refused("command: cannot look at "+clean(path)+": "+err.Error(), "")
}
