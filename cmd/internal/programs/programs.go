// Package programs builds sesame's programs for the tests that start them.
package programs

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Build builds every program into a new folder, as a release does, and returns the folder and
// a function that removes it.
func Build() (dir string, remove func(), err error) {
	module, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return "", nil, fmt.Errorf("go list: %w", err)
	}
	dir, err = os.MkdirTemp("", "sesame-programs-")
	if err != nil {
		return "", nil, err
	}
	// Links are resolved, since the programs look for one another beside themselves.
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return "", nil, err
	}
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", dir+"/", "./cmd/...", "./plugins/...")
	cmd.Dir = strings.TrimSpace(string(module))
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		os.RemoveAll(dir)
		return "", nil, fmt.Errorf("go build: %w: %s", err, out)
	}
	if err := watchSources(cmd.Dir); err != nil {
		os.RemoveAll(dir)
		return "", nil, err
	}
	return dir, func() { os.RemoveAll(dir) }, nil
}

// watchSources looks at every source file of the programs. Go test answers from its cache when
// no file has changed that the test looked at, and what go build reads it does not see.
func watchSources(root string) error {
	for _, folder := range []string{"cmd", "core", "plugins", "protocols", "providers", "go.mod"} {
		err := filepath.WalkDir(filepath.Join(root, folder), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			_, err = os.Stat(path)
			return err
		})
		if err != nil {
			return fmt.Errorf("look at the sources: %w", err)
		}
	}
	return nil
}
