package plain

import (
	"errors"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// A message of several lines could be read as the protocol by a tool that merges
// stdout and stderr; escape sequences could rewrite a person's terminal.
func TestLineKeepsTextOnOneHarmlessLine(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"plain", "not logged in", "not logged in"},
		{"empty", "", ""},
		{"lines", "first\npassword=x\r\nlast\n", "first password=x last"},
		{"tabs and runs of blanks", "a \t  b", "a b"},
		{"terminal escape", "a\x1b[31mb", "a?[31mb"},
		{"NUL and DEL", "a\x00b\x7f", "a?b?"},
		{"C1 control", "a\u009bb", "a?b"},
		{"right-to-left override", "a\u202eb", "a?b"},
		{"letters beyond ASCII", "Zürich 東京", "Zürich 東京"},
		{"bytes that are not UTF-8", "a\xff\xfeb", "a?b"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Line(tt.text); got != tt.want {
				t.Errorf("Line(%q) = %q, want %q", tt.text, got, tt.want)
			}
		})
	}
}

// A tool that does not drain the pipe would wait for ever for a longer message.
func TestLineCutsLongTextBetweenCharacters(t *testing.T) {
	for shift := range 4 {
		got := Line(strings.Repeat("x", shift) + strings.Repeat("東", maxLine))
		if len(got) > maxLine || !strings.HasSuffix(got, " ...") || !utf8.ValidString(got) {
			t.Errorf("shift %d: %d bytes, valid %v, ends in %q",
				shift, len(got), utf8.ValidString(got), got[len(got)-8:])
		}
	}
}

func TestLineSurvivesLongTextThatIsNotUTF8(t *testing.T) {
	if got := Line(strings.Repeat("\x80", 2*maxLine)); got != "..." {
		t.Errorf("got %q", got)
	}
}

func TestASCIIRefusesWhatAHeaderCannotHold(t *testing.T) {
	for text, want := range map[string]bool{
		"": true, "Bearer a.b-c_d~": true, " ": true,
		"a\nb": false, "a\rb": false, "a\x00": false, "a\tb": false, "a\x7f": false, "é": false,
	} {
		if got := ASCII(text); got != want {
			t.Errorf("ASCII(%q) = %v, want %v", text, got, want)
		}
	}
}

func TestSchemeRefusesWhatWouldEndIt(t *testing.T) {
	for text, want := range map[string]bool{
		"Bearer": true, "x-custom.1_!": true,
		"": false, "Bearer ": false, "a b": false, "a:b": false, "a=b": false, "a\n": false, "é": false,
	} {
		if got := Scheme(text); got != want {
			t.Errorf("Scheme(%q) = %v, want %v", text, got, want)
		}
	}
}

func TestErrorIsOneLineAndMatchesItsCause(t *testing.T) {
	cause := errors.New("a\nb")
	err := Error("get", cause)
	if !errors.Is(err, cause) || err.Error() != "get: a b" {
		t.Errorf("got %q, matches its cause: %v", err, errors.Is(err, cause))
	}
}

func FuzzLine(f *testing.F) {
	f.Add("a\nb")
	f.Add("\u2028\xff\x1b")
	f.Fuzz(func(t *testing.T, text string) {
		got := Line(text)
		if len(got) > maxLine || !utf8.ValidString(got) {
			t.Errorf("%d bytes, valid %v", len(got), utf8.ValidString(got))
		}
		for _, r := range got {
			if unicode.IsControl(r) || r == '\u2028' || r == '\u202e' {
				t.Errorf("holds %U", r)
			}
		}
	})
}
