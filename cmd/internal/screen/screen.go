// Package screen lays out what people read: tables and paragraphs that fit the terminal, in colour where
// that is wanted.
package screen

import (
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/sesame-auth/sesame/core"
)

// DefaultWidth is how many columns there are where no terminal says otherwise.
const DefaultWidth = 80

// commandIndent is before a command that is too long for the indent of its paragraph.
const commandIndent = 4

// A Screen is where people read.
type Screen struct {
	Out io.Writer
	// Width is in columns. Nothing is wider but a word that is.
	Width int
	// Color is set where colours are wanted.
	Color bool
	// Terminal is set where the screen can be cleared.
	Terminal bool
	// Height is in lines; zero where nothing scrolls away.
	Height int
	// Person is set where a person looks on: at a terminal, also at a dumb one.
	Person bool
}

// New returns the screen behind out. There are colours on a terminal only, and not where NO_COLOR is set
// (https://no-color.org) or the terminal is dumb.
func New(out io.Writer, getenv func(string) string) Screen {
	s := Screen{Out: out, Width: DefaultWidth}
	file, ok := out.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return s
	}
	s.Person, s.Terminal = true, getenv("TERM") != "dumb"
	s.Color = s.Terminal && getenv("NO_COLOR") == ""
	if width, height, err := term.GetSize(int(file.Fd())); err == nil && width > 0 {
		s.Width, s.Height = max(width, 40), height
	}
	return s
}

// A Color is what a text means.
type Color string

// The colours, of the first eight, which every theme makes readable on its ground. Each is said in words too. Doubt is
// no yellow: on white that is hardly to be seen (1.7:1 with xterm's), and magenta is on both (4.5:1 and more).
const (
	Plain Color = ""
	Good  Color = "32" // green
	Doubt Color = "35" // magenta
	Bad   Color = "31" // red
	Title Color = "1"  // bold
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
// that are indented by as many columns. A word is never cut: it may be a path to copy. Neither is a command that
// the text ends with, which is in one line.
func (s Screen) Paragraph(first string, c Color, indent int, text string) error {
	text, command := Command(core.Printable(text))
	w := wrapper{width: s.Width, indent: indent, at: width(first), fresh: true}
	w.WriteString(s.paint(first, c))
	for word := range strings.FieldsSeq(text) {
		w.word(word)
	}
	if command != "" {
		w.command(s.paint(command, Title), width(command))
	}
	w.WriteByte('\n')
	_, err := io.WriteString(s.Out, w.String())
	return err
}

// A wrapper breaks lines between words.
type wrapper struct {
	strings.Builder
	width, indent int
	at            int  // the column
	fresh         bool // no word in this line yet
}

// word writes a word: in a new line where it would end beyond the last column, and there without the
// indent where that would be so again.
func (w *wrapper) word(word string) {
	long, column := width(word), w.at+1
	if w.fresh {
		column = max(w.indent, w.at)
	}
	if column+long > w.width && w.at > 0 {
		w.WriteByte('\n')
		w.at, column = 0, w.indent
	}
	if column+long > w.width {
		column = max(0, min(column, commandIndent, w.width-long))
	}
	pad(&w.Builder, &w.at, column)
	w.WriteString(word)
	w.at, w.fresh = w.at+long, false
}

// command writes a command behind the last word, or else in a line of its own, indented as far as it fits.
func (w *wrapper) command(painted string, long int) {
	column := w.at + 1
	if w.fresh {
		column = max(w.indent, w.at)
	}
	if column+long <= w.width {
		pad(&w.Builder, &w.at, column)
		w.WriteString(painted)
		return
	}
	if w.at > 0 {
		w.WriteByte('\n')
	}
	w.at, column = 0, w.indent
	for _, less := range []int{commandIndent, 0} {
		if column+long > w.width {
			column = min(column, less)
		}
	}
	pad(&w.Builder, &w.at, column)
	w.WriteString(painted)
}

// Command splits a message into what it says and the command to type that it ends with; "" if it names none.
func Command(message string) (rest, command string) {
	at, mark := -1, ""
	for _, m := range []string{"type: ", "run: "} {
		if i := strings.LastIndex(message, m); i > at && (i == 0 || message[i-1] == ' ') {
			at, mark = i, m
		}
	}
	if at < 0 {
		return message, ""
	}
	rest, command = message[:at], message[at+len(mark):]
	// Who found the cause may have named the command before the core added this.
	if i := strings.Index(command, "; next try in "); i >= 0 {
		rest, command = strings.TrimSuffix(rest, " ")+command[i+1:]+"; ", command[:i]
	}
	return rest + strings.TrimSuffix(mark, " "), strings.TrimSpace(command)
}

// pad writes blanks up to a column.
func pad(b *strings.Builder, at *int, column int) {
	for ; *at < column; *at++ {
		b.WriteByte(' ')
	}
}
