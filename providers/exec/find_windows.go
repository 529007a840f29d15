package exec

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/sesame-auth/sesame/providers/acl"
)

// find returns where the program is: name itself, if it is an absolute path, or the first
// .exe file of that name in a directory of path, the variable PATH. Directories that are
// not absolute are left out: they would be those of whatever project a tool is started in. A file of another kind,
// such as .cmd, is a script for a shell, and there is none.
func find(name, path string, _ int) (string, error) {
	if filepath.IsAbs(name) {
		return checkFile(filepath.Clean(name))
	}
	if strings.ContainsAny(name, `/\:`) {
		return "", refused("option command: want an absolute path, or a name that is looked up in PATH", "")
	}
	if !strings.EqualFold(filepath.Ext(name), ".exe") {
		name += ".exe"
	}
	for _, dir := range filepath.SplitList(path) {
		if !filepath.IsAbs(dir) {
			continue
		}
		file := filepath.Join(dir, name)
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
			return checkFile(file)
		}
	}
	return "", refused("command "+clean(name)+" is not in PATH", "")
}

// checkFile follows path to a program that nobody but the user, the system and the administrators
// can exchange, since whoever may can have a program of his own executed.
func checkFile(path string) (string, error) {
	file, err := acl.Program(path)
	if open, ok := errors.AsType[*acl.OpenError](err); ok {
		e, _ := errors.AsType[*acl.PathError](err)
		return "", refused(clean(e.Error())+", so that the command could be replaced", open.Repair(e.Path))
	}
	if err != nil {
		return "", refused("command: "+clean(err.Error()), "")
	}
	return file, nil
}
