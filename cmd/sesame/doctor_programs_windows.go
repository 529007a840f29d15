package main

import (
	"os/exec"
	"path/filepath"
)

// isExecutable reports whether path leads to a file that can be started, with or without its extension.
func isExecutable(path string) bool {
	_, err := exec.LookPath(path)
	return err == nil
}

// addToPath is how a person adds a folder to PATH. There is no command for it that is safe to type: setx cuts a long PATH off.
func addToPath(folder string) string {
	return "add " + folder + " to the variable Path, in Windows's settings: Edit environment variables for your account"
}

// replaceBy is how a person has a program lead to the one of this installation.
func replaceBy(mine, path string) string {
	return "remove " + path + ", and add " + filepath.Dir(mine) + " to the variable Path"
}
