// Package oidc has the tests against an authorization server that others wrote and keep, the package
// oidc-provider from npm: people log in to it by the forms of its pages, one of them in a real browser.
//
// The server's files are in the folder server. What it needs is installed below .cache by [Install], since no
// test speaks to another machine.
package oidc

import (
	"bytes"
	_ "embed" // the package's files for npm
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// cache is where npm installs into, in the module's directory.
const cache = ".cache/oidc"

var (
	//go:embed server/package.json
	manifest []byte
	//go:embed server/package-lock.json
	lock []byte
)

// Install has npm fetch the server's packages, which must be those of the lock file to the byte, once.
// The working directory is the module's. It needs node and npm, and runs no package's script.
func Install() error {
	if installed(cache) {
		return nil
	}
	work := cache + ".new"
	if err := errors.Join(os.RemoveAll(work), os.MkdirAll(work, 0o750)); err != nil {
		return err
	}
	defer os.RemoveAll(work)
	for name, content := range map[string][]byte{"package.json": manifest, "package-lock.json": lock} {
		if err := os.WriteFile(filepath.Join(work, name), content, 0o600); err != nil {
			return err
		}
	}
	npm := exec.Command("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	npm.Dir = work
	if out, err := npm.CombinedOutput(); err != nil {
		return fmt.Errorf("npm ci: %w: %s", err, bytes.TrimSpace(out))
	}
	if err := os.RemoveAll(cache); err != nil {
		return err
	}
	return os.Rename(work, cache)
}

// installed reports whether dir has the packages of this lock file. npm writes them beside it, and a run that
// was interrupted has never been renamed.
func installed(dir string) bool {
	made, err := os.ReadFile(filepath.Join(dir, "package-lock.json"))
	return err == nil && bytes.Equal(made, lock)
}

// modules returns the directory that Install has installed into; "" if it has not.
func modules() string {
	dir, err := os.Getwd()
	for err == nil && dir != filepath.Dir(dir) {
		if _, missing := os.Stat(filepath.Join(dir, "go.mod")); missing == nil {
			if dir = filepath.Join(dir, cache); installed(dir) {
				return dir
			}
			return ""
		}
		dir = filepath.Dir(dir)
	}
	return ""
}
