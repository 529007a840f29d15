package oauth2

import (
	"errors"
	"io/fs"
	"os"

	"golang.org/x/sys/windows"

	"github.com/sesame-auth/sesame/providers/acl"
)

const nonblocking = 0

// checkOwner refuses a file that others than the user, the system and the administrators can read or write.
func checkOwner(path string, info fs.FileInfo) error {
	file, err := os.Open(path)
	if err != nil {
		return cannot(err)
	}
	defer file.Close()
	if again, err := file.Stat(); err != nil || !os.SameFile(info, again) {
		return unavailable(path + " changed while it was read")
	}
	err = acl.Check(windows.Handle(file.Fd()), acl.Any)
	if e, ok := errors.AsType[*acl.OpenError](err); ok {
		return loginRequired(path+" "+e.Error(), e.Repair(path))
	}
	if err != nil {
		return cannot(err)
	}
	return nil
}
