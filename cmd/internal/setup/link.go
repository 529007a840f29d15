package setup

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
)

// link makes a directory for each client in work, beside the root that they are unpacked in.
//
// What is written in Go runs on this system's C library. Git and cargo want a later one, which is
// unpacked with them: a wrapper runs them by its loader.
func link(work string) error {
	for _, name := range []string{"git-lfs", "crane", "oras"} {
		if err := linkTo(filepath.Join(work, name, name), "../root/usr/bin/"+name); err != nil {
			return err
		}
	}
	loaders, err := filepath.Glob(filepath.Join(work, "root/usr/lib/*/ld-linux-*.so.*"))
	if err != nil || len(loaders) != 1 {
		return errors.New("no loader among the packages")
	}
	loader, err := filepath.Rel(work, loaders[0])
	if err != nil {
		return err
	}
	if err := wrap(work, "cargo", loader, "usr/bin", ""); err != nil {
		return err
	}
	if err := linkTo(filepath.Join(work, "cargo/cargo"), "wrapper"); err != nil {
		return err
	}
	return linkGit(work, loader)
}

// linkGit makes git's directory: all of its programs, as git itself looks for them.
func linkGit(work, loader string) error {
	const programs = "usr/lib/git-core"
	if err := wrap(work, "git", loader, programs, `export GIT_EXEC_PATH="$here"`); err != nil {
		return err
	}
	entries, err := os.ReadDir(filepath.Join(work, "root", programs))
	if err != nil {
		return err
	}
	for _, entry := range entries {
		target := "../root/" + programs + "/" + entry.Name()
		if isELF(filepath.Join(work, "git", target)) {
			target = "wrapper"
		}
		if err := linkTo(filepath.Join(work, "git", entry.Name()), target); err != nil {
			return err
		}
	}
	return nil
}

// wrap writes the program "wrapper" into the directory of a client: under whatever name it is
// started, it runs the program of that name in folder. The command prepare comes before that.
func wrap(work, client, loader, folder, prepare string) error {
	dir := filepath.Join(work, client)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	script := `#!/bin/sh
# Made by cmd/internal/setup: runs a program with the C library that it was built for.
here=${0%/*} name=${0##*/}
` + prepare + `
exec "$here/../` + loader + `" --library-path "$here/../` + filepath.Dir(loader) + `" \
	--argv0 "$name" "$here/../root/` + folder + `/$name" "$@"
`
	name := filepath.Join(dir, "wrapper")
	if err := os.WriteFile(name, []byte(script), 0o600); err != nil {
		return err
	}
	return os.Chmod(name, 0o700)
}

func linkTo(name, target string) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
		return err
	}
	return os.Symlink(target, name)
}

// isELF reports whether a file is a program for the loader, and not a script.
func isELF(name string) bool {
	file, err := os.Open(name)
	if err != nil {
		return false
	}
	defer file.Close()
	magic := make([]byte, 4)
	_, err = io.ReadFull(file, magic)
	return err == nil && bytes.Equal(magic, []byte("\x7fELF"))
}
