//go:build unix

package wiring

import (
	"fmt"
	"os"
	"syscall"
)

// extension is what the name of a program ends with.
const extension = ""

// gitHome returns the folder that git takes for the person's home; "" if there is none.
func gitHome() string { return os.Getenv("HOME") }

// adopt gives the temporary file the owner and the mode of the one that it replaces.
func (f file) adopt(temporary *os.File) error {
	if f.missing {
		return nil
	}
	made, err := temporary.Stat()
	if err != nil {
		return err
	}
	old, isUnix := f.info.Sys().(*syscall.Stat_t)
	mine, _ := made.Sys().(*syscall.Stat_t)
	if isUnix && (old.Uid != mine.Uid || old.Gid != mine.Gid) {
		if err := temporary.Chown(int(old.Uid), int(old.Gid)); err != nil {
			return fmt.Errorf("%s: belongs to another user or group, and would no longer: %w", f.path, err)
		}
	}
	return temporary.Chmod(f.info.Mode().Perm())
}
