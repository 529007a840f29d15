//go:build unix

package main

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
