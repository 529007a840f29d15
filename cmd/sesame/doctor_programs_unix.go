//go:build unix

package main

import "os"

// isExecutable reports whether path leads to a file that can be started.
func isExecutable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o111 != 0
}

// addToPath is how a person adds a folder to PATH.
func addToPath(folder string) string {
	return `put this into your shell's profile: export PATH="$PATH:` + folder + `"`
}

// replaceBy is how a person has a program lead to the one of this installation.
func replaceBy(mine, path string) string {
	return "replace it by a link: ln -sf " + mine + " " + path
}
