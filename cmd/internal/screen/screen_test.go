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

// A path and a command are there to be copied: none is cut, whatever its length, and a command has its own line.
func TestCommandIsFoundAtTheEnd(t *testing.T) {
	for _, row := range []struct{ name, message, rest, command string }{
		{"none", "the issuer does not answer", "the issuer does not answer", ""},
		{"a repair", "nobody is logged in; to repair it, type: sesame login https://a.test", "nobody is logged in; to repair it, type:", "sesame login https://a.test"},
		{"a short one", "/s is open; type: chmod 700 '/s x'", "/s is open; type:", "chmod 700 '/s x'"},
		{"run", "its mode is 0666: run: chmod go-w /f", "its mode is 0666: run:", "chmod go-w /f"},
		{"two", "correct it, and type: a; or type: b", "correct it, and type: a; or type:", "b"},
		{"one with a semicolon", "type: (umask 077; cat >/f)", "type:", "(umask 077; cat >/f)"},
		{"another word", "it is of the prototype: x", "it is of the prototype: x", ""},
		{"before the next try", "/s is open; type: chmod 600 /s; next try in 1m0s", "/s is open; next try in 1m0s; type:", "chmod 600 /s"},
		{"nothing", "type: ", "type:", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			if rest, command := Command(row.message); rest != row.rest || command != row.command {
				t.Errorf("got %q, %q, want %q, %q", rest, command, row.rest, row.command)
			}
		})
	}
}

// A character of two columns that counts as one makes every line after it too long.
func TestWidthIsThatOfTheTerminal(t *testing.T) {
	for text, want := range map[string]int{
		"": 0, "abc": 3, "é": 1, "e\u0301": 1, "日本": 4, "ﾆ": 1, "Ａ": 2, "한": 2, "🔑": 2, "a\u200bb": 2, "a\u00adb": 2, "…": 1, "—": 1,
	} {
		if got := width(text); got != want {
			t.Errorf("%q: %d columns, want %d", text, got, want)
		}
	}
	for _, row := range []struct {
		text string
		most int
		want string
	}{{"robot", 5, "robot"}, {"robots", 5, "robo…"}, {"日本語", 6, "日本語"}, {"日本語", 5, "日本…"}, {"日本語", 4, "日…"}, {"日本語", 1, "…"}} {
		if got := cut(row.text, row.most); got != row.want || width(got) > row.most {
			t.Errorf("%q cut to %d columns: %q, want %q", row.text, row.most, got, row.want)
		}
	}
}

func TestParagraphIsIndentedAndKeepsItsWords(t *testing.T) {
	const want = "" +
		"fault  clock     the clock is\n" +
		"                 wrong: look\n" +
		"                 at\n" +
		"/a/very/long/path/to/the/settings\n" +
		"                 and type:\n" +
		"    /a/program  --really --now\n"
	got := print(t, Screen{Width: 30}, func(s Screen) error {
		return s.Paragraph("fault  clock", Plain, 17, "the clock is wrong: look at\n/a/very/long/path/to/the/settings and type: /a/program  --really --now")
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
