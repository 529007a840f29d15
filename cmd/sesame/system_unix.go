//go:build unix

package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/sesame-auth/sesame/cmd/internal/shell"
)

const (
	// homeVariable names the home folder.
	homeVariable = "HOME"
	// separators are what a path has between its parts.
	separators = "/"

	trustAuthority = "if it is your organisation's, set SSL_CERT_FILE to its certificate"
	setClock       = "set the clock by the network: sudo timedatectl set-ntp true"
)

// systemBazelrc is the file that Bazel reads first.
func systemBazelrc(func(string) string) string { return "/etc/bazel.bazelrc" }

// writeSecret is the command that makes a file for its owner alone; it reads the secret from the terminal, so that no
// shell's history has it.
func writeSecret(path string) string {
	folder := filepath.Dir(path)
	if _, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) {
		return "(umask 077; mkdir -p " + shell.Word(folder) + " && cat >" + shell.Word(path) + ")"
	}
	return "(umask 077; cat >" + shell.Word(path) + ")"
}
