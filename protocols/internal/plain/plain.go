// Package plain keeps what a program prints to what one line, or one header, can
// hold: a tool reads it as its protocol, and a person in a terminal.
package plain

import (
	"strconv"
	"strings"
)

// maxLine bounds a message, in bytes. Tools read messages through a pipe that
// they may not drain until the program has ended.
const maxLine = 2 << 10

// Line returns text as one line of printable characters, 2 KiB at most: white space
// becomes single spaces, every other control or invisible character a question mark.
func Line(text string) string {
	const cut = " ..."
	if len(text) > maxLine {
		text = strings.ToValidUTF8(text[:maxLine-len(cut)], "") + cut
	}
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "?")), " ")
	return strings.Map(func(r rune) rune {
		if !strconv.IsPrint(r) {
			return '?'
		}
		return r
	}, text)
}

// ASCII reports whether text is printable ASCII: nothing that could end a line
// or a header, or that a tool would re-encode.
func ASCII(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}

// Scheme reports whether text can name a scheme in an HTTP Authorization header:
// it is a token in the sense of RFC 9110, section 5.6.2.
func Scheme(text string) bool {
	for i := range len(text) {
		c := text[i]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		digit := c >= '0' && c <= '9'
		if !letter && !digit && strings.IndexByte("!#$%&'*+-.^_`|~", c) < 0 {
			return false
		}
	}
	return text != ""
}

// Error returns an error whose text is what and err's text on one line, and that
// matches err under errors.Is.
func Error(what string, err error) error { return &failure{what: what, cause: err} }

type failure struct {
	what  string
	cause error
}

func (f *failure) Error() string { return f.what + ": " + Line(f.cause.Error()) }

func (f *failure) Unwrap() error { return f.cause }
