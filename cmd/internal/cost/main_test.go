//go:build linux

package cost

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/sesame-auth/sesame/cmd/internal/programs"
	"github.com/sesame-auth/sesame/providers/pyx/pyxtest"
)

// protocols are those that have a front.
var protocols = []string{"bazel", "git", "docker"}

// bin is the folder of the programs, empty the path of a Go program that does nothing.
var bin, empty string

func TestMain(m *testing.M) {
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (code int, err error) {
	dir, remove, err := programs.Build()
	if err != nil {
		return 0, err
	}
	defer remove()
	bin = dir
	if err := watchSources(); err != nil {
		return 0, err
	}
	floor, err := os.MkdirTemp("", "sesame-cost-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(floor)
	if empty, err = BuildEmpty(floor); err != nil {
		return 0, err
	}
	return m.Run(), nil
}

// watchSources looks at every source file of the programs. Go test answers from its cache when no file has
// changed that the test looked at, and what go build reads it does not see.
func watchSources() error {
	for _, folder := range []string{"cmd", "core", "plugins", "protocols", "providers", "go.mod"} {
		err := filepath.WalkDir(filepath.Join("../../..", folder), func(path string, d fs.DirEntry, err error) error {
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

// newHouse makes a house with ten routes.
func newHouse(t *testing.T) *House {
	t.Helper()
	issuer := pyxtest.New(pyxtest.Config{})
	t.Cleanup(issuer.Close)
	home := t.TempDir()
	if err := os.Chmod(home, 0o700); err != nil {
		t.Fatal(err)
	}
	h, err := NewHouse(bin, home, 10, issuer)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// warm returns a scene that has been answered.
func warm(t *testing.T, h *House, protocol, request string) Scene {
	t.Helper()
	scene, err := h.Scene(protocol, request)
	if err != nil {
		t.Fatal(err)
	}
	if err := scene.WarmUp(); err != nil {
		t.Fatal(err)
	}
	return scene
}
