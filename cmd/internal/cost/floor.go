//go:build linux

package cost

import (
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

//go:embed testdata/floor.c
var floorSource []byte

// BuildEmpty builds a Go program that does nothing, with the flags of a release, into dir, and
// returns its path.
func BuildEmpty(dir string) (string, error) {
	source := filepath.Join(dir, "empty.go")
	if err := os.WriteFile(source, []byte("package main\n\nfunc main() {}\n"), 0o600); err != nil {
		return "", err
	}
	linked := dir + "/empty-linked"
	if err := build("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", linked, source); err != nil {
		return "", err
	}
	return dir + "/empty", Install(linked, dir+"/empty")
}

// Install copies a program, as whoever installs it does. A file that the Go linker has just written lies in
// memory in small pieces, and each page fault on it costs more: a tenth of the CPU time of a call.
func Install(from, to string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, text, 0o755)
}

// BuildC builds a C program that does what a front does on a hit, and nothing to be safe, into dir, and
// returns its path: see testdata/floor.c. It needs gcc.
func BuildC(dir string) (string, error) {
	source := filepath.Join(dir, "floor.c")
	if err := os.WriteFile(source, floorSource, 0o600); err != nil {
		return "", err
	}
	return dir + "/floor", build("gcc", "-O2", "-static", "-o", dir+"/floor", source)
}

func build(name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, out)
	}
	return nil
}
