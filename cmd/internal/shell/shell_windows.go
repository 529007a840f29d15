package shell

import "strings"

// Word returns a word as both shells, cmd and PowerShell, read it back: in quotes, unless it is plain. No path
// has a quote in it.
func Word(word string) string {
	const plain = `abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789\/_.:=+-`
	if word != "" && strings.Trim(word, plain) == "" {
		return word
	}
	return `"` + word + `"`
}

// Remove returns the command that removes a file.
func Remove(path string) string { return "del " + Word(path) }

// MakeFolder returns the command that makes a folder, and those above it.
func MakeFolder(path string) string { return "mkdir " + Word(path) }

// AllowWrite returns the command that ends the protection of the user's own file from being written.
func AllowWrite(path string) string { return "attrib -r " + Word(path) }
