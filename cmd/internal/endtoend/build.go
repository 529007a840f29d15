package endtoend

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// module is where our packages are.
const module = "github.com/sesame-auth/sesame/"

// programs are what people install.
var programs = []string{
	"cmd/sesame", "cmd/bazel-credential-sesame", "cmd/git-credential-sesame", "cmd/docker-credential-sesame",
	"plugins/sesame-provider-env", "plugins/sesame-provider-static", "plugins/sesame-provider-pyx",
}

// Build builds all programs as a release does, into dir, which must exist. It takes a few seconds
// with a warm build cache.
func Build(dir string) error {
	args := []string{"build", "-trimpath", "-o", dir + string(filepath.Separator)}
	for _, program := range programs {
		args = append(args, module+program)
	}
	build := exec.Command("go", args...)
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return watchSources()
}

// watchSources looks at every source file of the programs. Go test answers from its cache when
// no file has changed that the test looked at, and what go build reads it does not see.
func watchSources() error {
	out, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		return fmt.Errorf("go env GOMOD: %w", err)
	}
	root := filepath.Dir(strings.TrimSpace(string(out)))
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
