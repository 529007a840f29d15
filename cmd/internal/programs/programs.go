// Package programs builds sesame's programs for the tests that start them.
package programs

import (
	"fmt"
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
	return dir, func() { os.RemoveAll(dir) }, nil
}
