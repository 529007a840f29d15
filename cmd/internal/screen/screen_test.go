//go:build unix

package screen

import (
	"math/rand/v2"
	"strings"
	"testing"
)

func print(t *testing.T, s Screen, write func(Screen) error) string {
	t.Helper()
	var b strings.Builder
	s.Out = &b
	if err := write(s); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTableGivesALongTextALineOfItsOwn(t *testing.T) {
	table := &Table{}
	table.Title("ROUTE", "LEFT", "STATE")
	table.Row(Cell{"https://a.test", Plain}, Cell{"5m", Plain}, Cell{"fresh", Good})
	table.Row(Cell{"https://a-long-name.example.test", Plain}, Cell{"", Plain}, Cell{"a state of many words", Bad})
	table.Note("the issuer does not answer")
	table.Row(Cell{"https://b.test", Plain}, Cell{"", Plain}, Cell{"", Plain})
	const want = "" +
		"ROUTE           LEFT  STATE\n" +
		"https://a.test  5m    fresh\n" +
		"https://a-long-name.example.test\n" +
		"                      a state of many…\n" +
		"    the issuer does not answer\n" +
		"https://b.test\n"
	if got := print(t, Screen{Width: 38}, func(s Screen) error { return s.Table(table) }); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	coloured := print(t, Screen{Width: 38, Color: true}, func(s Screen) error { return s.Table(table) })
	if !strings.Contains(coloured, "5m    \x1b[32mfresh\x1b[0m\n") {
		t.Errorf("got %q", coloured)
	}
	if plain := strings.NewReplacer("\x1b[32m", "", "\x1b[31m", "", "\x1b[1m", "", "\x1b[0m", "").Replace(coloured); plain != want {
		t.Errorf("in colour it is laid out in another way:\n%s", plain)
	}
}

// A line that is wider than the terminal breaks every line after it.
func TestTableFitsItsWidthUnlessAWordDoesNot(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		table := &Table{Wide: random.IntN(3), Most: 12}
		for range 5 {
			var cells []Cell
			for range 4 {
				cells = append(cells, Cell{strings.Repeat("é", random.IntN(30)), Plain})
			}
			table.Row(cells...)
			table.Note(strings.Repeat("word ", random.IntN(40)))
		}
		out := print(t, Screen{Width: 80}, func(s Screen) error { return s.Table(table) })
		for line := range strings.Lines(out) {
			if line = strings.TrimSuffix(line, "\n"); width(line) > 80 || strings.HasSuffix(line, " ") {
				t.Fatalf("%d columns: %q", width(line), line)
			}
		}
	}
}

// A command is there to be copied: it is not cut, whatever its length.
func TestParagraphIsIndentedAndKeepsItsWords(t *testing.T) {
	const want = "" +
		"fault  clock     the clock is\n" +
		"                 wrong; type:\n" +
		"                 /a/very/long/path/to/a/program\n" +
		"                 --now\n"
	got := print(t, Screen{Width: 30}, func(s Screen) error {
		return s.Paragraph("fault  clock", Plain, 17, "the clock is wrong; type:\n/a/very/long/path/to/a/program --now")
	})
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := print(t, Screen{Width: 30}, func(s Screen) error { return s.Paragraph("", Plain, 4, " ") }); got != "\n" {
		t.Errorf("without a word: %q", got)
	}
	got = print(t, Screen{Width: 30}, func(s Screen) error { return s.Paragraph("", Plain, 2, "a \x1b[31m red \x07 trap") })
	if got != "  a ?[31m red ? trap\n" {
		t.Errorf("what moves a cursor is printed: %q", got)
	}
}
