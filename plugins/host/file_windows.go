package host

import (
	"errors"

	"github.com/sesame-auth/sesame/providers/acl"
)

// checkFile follows path to a program, through links, and returns where it is. Everything on the way must belong to the
// user, the system or the administrators, and nobody else may be able to exchange it, since whoever may can have a
// program of his own executed.
func checkFile(path string, _ int) (string, error) {
	file, err := acl.Program(path)
	if open, ok := errors.AsType[*acl.OpenError](err); ok {
		e, _ := errors.AsType[*acl.PathError](err)
		return "", &repairError{cause: e.Error() + ", so that the plugin could be replaced", command: open.Repair(e.Path)}
	}
	return file, err
}

// quote returns path as a word of a command line.
func word(path string) string { return `"` + path + `"` }
