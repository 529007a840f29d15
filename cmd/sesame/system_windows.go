package main

import (
	"path/filepath"
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
