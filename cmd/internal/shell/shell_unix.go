//go:build unix

package shell

import "github.com/sesame-auth/sesame/providers/quote"

// Word returns a word as the shell reads it back.
func Word(word string) string { return quote.Posix(word) }

// Remove returns the command that removes a file.
func Remove(path string) string { return "rm " + Word(path) }

// MakeFolder returns the command that makes a folder, and those above it.
func MakeFolder(path string) string { return "mkdir -p " + Word(path) }

// AllowWrite returns the command that ends the protection of the user's own file from being written.
func AllowWrite(path string) string { return "chmod u+w " + Word(path) }
