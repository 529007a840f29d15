//go:build unix

package host

import (
	"bytes"
	"encoding/base64"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/hashicorp/go-hclog"
)

func TestFilterHidesSecretsAndKeepsWhatExplains(t *testing.T) {
	f := newFilter([]string{
		"ACME_KEY=key-12345", "SHORT=abc", "EMPTY=", "HOME=/home/jane", "LANG=C.UTF-8", "ACME_DIR=/opt/acme",
		"ACME_URL=https://acme.example", "ACME_DOMAIN=acme.example", "HTTPS_PROXY=http://jane:pass@proxy:1",
	})
	f.add("value/1?", "", "key-1", "key-12345")
	for _, row := range []struct{ name, text, want string }{
		{"of the environment", "sent key-12345.", "sent [secret]."},
		{"the longer one first", "key-12345 key-1", "[secret] [secret]"},
		{"of a token", "got value/1?", "got [secret]"},
		{"in a query", "?t=value%2F1%3F&x", "?t=[secret]&x"},
		{"in base64", base64.StdEncoding.EncodeToString([]byte("value/1?")), "[secret]="},
		{"a proxy's password", "via http://jane:pass@proxy:1", "via [secret]"},
		{"a URL, a directory and a host stay", "https://acme.example /opt/acme acme.example", "https://acme.example /opt/acme acme.example"},
		{"common variables stay", "/home/jane C.UTF-8 abc", "/home/jane C.UTF-8 abc"},
		{"control characters", "a\x1b[2Jb\r\nc\td\x00\u009b\u202e", `a\x1b[2Jb\r\nc` + "\t" + `d\x00\u009b\u202e`},
		{"not UTF-8", "a\xffb", "a?b"},
		{"letters of people", "naïve 鍵", "naïve 鍵"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := f.clean(row.text); got != row.want {
				t.Errorf("clean(%q) = %q, want %q", row.text, got, row.want)
			}
		})
	}
}

// No text of a plugin may leave a secret, or a character that drives a terminal.
func FuzzFilterClean(f *testing.F) {
	f.Add("log: token-1234 \x1b[31m", "token-1234")
	f.Add("aaaaaaa", "aaaa")
	f.Add("a%2Fbc%2Fb", "a/bc")
	f.Fuzz(func(t *testing.T, text, secret string) {
		filter := newFilter(nil)
		filter.add(secret)
		clean := filter.clean(text)
		if i := strings.IndexFunc(clean, func(r rune) bool { return r != '\t' && !unicode.IsPrint(r) }); i >= 0 {
			t.Errorf("clean(%q) = %q: a control character at %d", text, clean, i)
		}
		// The placeholder and the escapes may spell a secret that is short or looks like them.
		if len(secret) >= 12 && !strings.ContainsAny(secret, `\[]?`) && strings.Contains(clean, secret) {
			t.Errorf("clean(%q) = %q holds %q", text, clean, secret)
		}
	})
}

func TestParseLineKeepsTheLevel(t *testing.T) {
	for _, row := range []struct {
		name, line string
		level      hclog.Level
		text       string
	}{
		{"hclog", `{"@level":"warn","@message":"slow","@module":"x","seconds":3,"issuer":"acme"}`, hclog.Warn, "slow issuer=acme seconds=3"},
		{"no level", `{"@message":"slow"}`, hclog.Info, "slow"},
		{"off is no level", `{"@level":"off","@message":"slow"}`, hclog.Info, "slow"},
		{"other JSON", `{"level":"warn"}`, hclog.Debug, `{"level":"warn"}`},
		{"text", "panic: at once", hclog.Debug, "panic: at once"},
		{"empty", "", hclog.Debug, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			if level, text := parseLine([]byte(row.line)); level != row.level || text != row.text {
				t.Errorf("parseLine = %v, %q; want %v, %q", level, text, row.level, row.text)
			}
		})
	}
}

func FuzzParseLine(f *testing.F) {
	f.Add([]byte(`{"@level":"error","@message":null}`))
	f.Add([]byte(`{"@message":{"a":[1]},"k":"v"}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		if level, _ := parseLine(line); level == hclog.NoLevel || level == hclog.Off {
			t.Errorf("parseLine(%q) has the level %v", line, level)
		}
	})
}

// A piece of a line is a piece of a secret: the filter sees whole lines or none.
func TestLineWriterSplitsAtLineEndsAlone(t *testing.T) {
	long := strings.Repeat("x", maxLine)
	for _, row := range []struct {
		name   string
		writes []string
		want   []string
	}{
		{"a line in pieces", []string{"a", "b\nc", "d\n"}, []string{"ab", "cd"}},
		{"no line end", []string{"ab\ncd"}, []string{"ab", "cd"}},
		{"empty lines", []string{"\n\n"}, []string{"", ""}},
		{"as long as may be", []string{long, "\n"}, []string{long}},
		{"too long", []string{long, "x", "x\nshort\n"}, []string{"(a line of more than 65536 bytes)", "short"}},
		{"too long without an end", []string{long + "x"}, []string{"(a line of more than 65536 bytes)"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			var lines []string
			w := &lineWriter{emit: func(line []byte) { lines = append(lines, string(line)) }}
			for _, text := range row.writes {
				if n, err := w.Write([]byte(text)); n != len(text) || err != nil {
					t.Errorf("Write = %d, %v", n, err)
				}
			}
			w.flush()
			if !slices.Equal(lines, row.want) {
				t.Errorf("the lines are %.100q, want %.100q", lines, row.want)
			}
		})
	}
}

// The lines must not depend on where the pipe cuts what was written.
func FuzzLineWriter(f *testing.F) {
	f.Add([]byte("one\ntwo\n\nthree"), 2)
	f.Fuzz(func(t *testing.T, text []byte, cut int) {
		if cut < 0 || cut > len(text) {
			return
		}
		split := func(pieces ...[]byte) (lines []string) {
			w := &lineWriter{emit: func(line []byte) { lines = append(lines, string(line)) }}
			for _, piece := range pieces {
				_, _ = w.Write(piece)
			}
			w.flush()
			return lines
		}
		whole := split(text)
		if got := split(text[:cut], text[cut:]); !slices.Equal(got, whole) {
			t.Errorf("cut at %d the lines of %q are %q, want %q", cut, text, got, whole)
		}
		if len(text) < maxLine && !bytes.Equal([]byte(strings.Join(whole, "\n")), bytes.TrimSuffix(text, []byte("\n"))) {
			t.Errorf("the lines of %q are %q", text, whole)
		}
	})
}

func TestTailIsTheEndInWholeLines(t *testing.T) {
	j := newJournal(nil, newFilter(nil))
	j.add([]byte("a short one"))
	if got := j.tail(); got != "a short one" {
		t.Errorf("the tail is %q", got)
	}
	for range 100 {
		j.add([]byte(strings.Repeat("x", 99)))
	}
	j.add([]byte("the last"))
	tail := j.tail()
	if len(tail) > maxTail || !strings.HasSuffix(tail, "\nthe last") || len(strings.SplitN(tail, "\n", 2)[0]) != 99 {
		t.Errorf("the tail of %d bytes is %q", len(tail), tail)
	}
}
