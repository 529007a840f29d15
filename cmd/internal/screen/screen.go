// Package screen lays out what people read: tables and paragraphs that fit the terminal, in colour where
// that is wanted.
package screen

import (
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"

	"github.com/sesame-auth/sesame/core"
)

// DefaultWidth is how many columns there are where no terminal says otherwise.
const DefaultWidth = 80

// A Screen is where people read.
type Screen struct {
	Out io.Writer
	// Width is in columns. Nothing is wider but a word that is.
	Width int
	// Color is set where colours are wanted.
	Color bool
	// Terminal is set where the screen can be cleared.
	Terminal bool
}

// New returns the screen behind out. There are colours on a terminal only, and not where NO_COLOR is set
// (https://no-color.org) or the terminal is dumb.
func New(out io.Writer, getenv func(string) string) Screen {
	s := Screen{Out: out, Width: DefaultWidth}
	file, ok := out.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return s
	}
	s.Terminal = getenv("TERM") != "dumb"
	s.Color = s.Terminal && getenv("NO_COLOR") == ""
	if width, _, err := term.GetSize(int(file.Fd())); err == nil && width > 0 {
		s.Width = max(width, 40)
	}
	return s
}

// A Color is what a text means.
type Color string

// The colours. Each is said in words too.
const (
	Plain Color = ""
	Good  Color = "32" // green
	Doubt Color = "33" // yellow
	Bad   Color = "31" // red
	Faint Color = "2"
	Title Color = "1"
)

// paint returns text in the colour, if the screen has any (ECMA-48, section 8.3.117).
func (s Screen) paint(text string, c Color) string {
	if !s.Color || c == Plain || text == "" {
		return text
	}
	return "\x1b[" + string(c) + "m" + text + "\x1b[0m"
}

// Clear clears the screen, where that can be done.
func (s Screen) Clear() error {
	if !s.Terminal {
		return nil
	}
	_, err := io.WriteString(s.Out, "\x1b[H\x1b[2J")
	return err
}

// Paragraph writes a text that begins behind first, which may be in colour, and goes on in further lines
// that are indented by as many columns. A word is never cut: it may be a command to copy.
func (s Screen) Paragraph(first string, c Color, indent int, text string) error {
	var b strings.Builder
	b.WriteString(s.paint(first, c))
	at, fresh := width(first), true
	for word := range strings.FieldsSeq(core.Printable(text)) {
		if !fresh && at+1+width(word) > s.Width {
			b.WriteByte('\n')
			at, fresh = 0, true
		}
		column := at + 1
		if fresh {
			column = indent
		}
		pad(&b, &at, column)
		b.WriteString(word)
		at, fresh = at+width(word), false
	}
	b.WriteByte('\n')
	_, err := io.WriteString(s.Out, b.String())
	return err
}

// pad writes blanks up to a column.
func pad(b *strings.Builder, at *int, column int) {
	for ; *at < column; *at++ {
		b.WriteByte(' ')
	}
}

// width is how many columns a text takes, each character one.
func width(text string) int { return utf8.RuneCountInString(text) }
