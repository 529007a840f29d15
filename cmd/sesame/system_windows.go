package main

import (
	"os"
	"path/filepath"

	"github.com/sesame-auth/sesame/cmd/internal/shell"
)

const (
	// homeVariable names the home folder.
	homeVariable = "USERPROFILE"
	// separators are what a path has between its parts.
	separators = `/\`

	trustAuthority = "if it is your organisation's, have Windows trust its certificate: certutil -user -addstore Root FILE"
	setClock       = "set the clock by the network, as an administrator: w32tm /resync"
)

// systemBazelrc is the file that Bazel reads first.
func systemBazelrc(getenv func(string) string) string {
	return filepath.Join(getenv("ProgramData"), "bazel.bazelrc")
}

// writeSecret is the next command on the way to a file with a secret, which no shell's history has. Its folder's access
// list is the file's too.
func writeSecret(path string) string {
	if folder := filepath.Dir(path); !isFolder(folder) {
		return shell.MakeFolder(folder)
	}
	return "notepad " + shell.Word(path)
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
