//go:build unix

package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"
)

// nonblocking keeps the opening of a FIFO from waiting for a writer.
const nonblocking = syscall.O_NONBLOCK

// checkOpen checks the configuration itself.
func checkOpen(f *os.File, path string) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	return checkFile(info, path, os.Geteuid())
}

// checkHolder checks a directory that holds it.
func checkHolder(dir string) error {
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	return checkDirectory(info, dir, os.Geteuid())
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
