package wiring

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// A program is one of sesame's, as a tool is to find it.
type program struct {
	path   string // absolute
	inPath bool   // the bare name finds it, in the PATH of this process
}

// find finds the program of that name beside sesame, whose folder dir is, or else in the PATH.
func find(dir, name string) (program, error) {
	beside := filepath.Join(dir, name+extension)
	info, err := os.Stat(beside)
	missing := err != nil || !info.Mode().IsRegular()
	found, err := exec.LookPath(name)
	if err != nil {
		if missing {
			return program{}, fmt.Errorf("%s is neither in %s nor in the PATH; install it there", name, dir)
		}
		return program{path: beside}, nil
	}
	if missing {
		return program{path: found, inPath: true}, nil
	}
	// The name may find another version, which is not the one that a person has just started.
	other, err := os.Stat(found)
	return program{path: beside, inPath: err == nil && os.SameFile(info, other)}, nil
}
