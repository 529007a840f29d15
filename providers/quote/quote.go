// Package quote makes words of the shell, for commands that a person is to type.
package quote

import "strings"

// Posix returns a word as a POSIX shell reads it back (POSIX.1-2024, Shell Command Language, section 2.2): as it is, if
// nothing in it is special, else in single quotes.
func Posix(word string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+=:,@%"
	if word != "" && strings.Trim(word, plain) == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
