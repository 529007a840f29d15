// Package shell writes commands for a person to type into the shell of this system.
package shell

import "strings"

// Posix returns a word as a POSIX shell reads it back.
func Posix(word string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/_.:=@%+,-"
	if word != "" && strings.Trim(word, plain) == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
