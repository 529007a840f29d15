package config

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/windows"

	"github.com/sesame-auth/sesame/providers/acl"
)

// nonblocking is for other systems: a name in a folder is no pipe's here.
const nonblocking = 0

// checkOpen checks the configuration itself.
func checkOpen(f *os.File, path string) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return errors.New("not a regular file")
	}
	return checkWriters(f, path, acl.Write)
}

// checkHolder checks a directory that holds it: whoever adds a file to one exchanges none that is there.
func checkHolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	return checkWriters(f, dir, acl.Replace)
}

// checkWriters fails if another than the user, the system and the administrators has one of the rights.
func checkWriters(f *os.File, path string, rights windows.ACCESS_MASK) error {
	err := acl.Check(windows.Handle(f.Fd()), rights)
	if open, ok := errors.AsType[*acl.OpenError](err); ok {
		return fmt.Errorf("%s %w: run: %s", path, open, open.Repair(path))
	}
	return err
}
