//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/cmd/internal/audit"
	"github.com/sesame-auth/sesame/cmd/internal/screen"
)

func lineAt(at time.Time, host, outcome string) audit.Line {
	return audit.Line{
		Time: at, Tool: "bazel", Protocol: "bazel", Operation: "get", Host: host, Verdict: "fresh", Outcome: outcome,
		Took: 1250 * time.Microsecond, Token: "5f70bf18",
	}
}

// The last lines are what people look at; a table that grows crooked hides them.
func TestLogFitsEightyColumnsAndTellsTheDay(t *testing.T) {
	at := time.Date(2026, 1, 2, 23, 59, 58, 0, time.Local)
	var text []byte
	for i, line := range []audit.Line{
		lineAt(at, "https://a.example.com", audit.Served), lineAt(at, "https://a-very-long-name.example.com:8443", audit.LoginRequired),
		lineAt(at, "http://localhost:5000", audit.Unavailable), lineAt(at, "", audit.Done),
	} {
		line.Time = line.Time.Add(time.Duration(i) * time.Second)
		if i == 3 {
			line.Tool, line.Verdict, line.Token, line.Took = "", "not stored", "", 12*time.Second
		}
		text = line.AppendTo(text)
	}
	text = append(text, "{\"time\":\nnull\n"...)
	const want = `TIME      TOOL    HOST                    VERDICT   OUTCOME         MS  TOKEN
2026-01-02
23:59:58  bazel   a.example.com           fresh     served         1.2  5f70bf18
23:59:59  bazel   a-very-long-name.example.com:8443
                                       fresh     login required    1.2  5f70bf18
2026-01-03
00:00:00  bazel   http://localhost:5000   fresh     unavailable    1.2  5f70bf18
00:00:01  bazel   -                     -         done         12000.0  -
(a damaged line of 9 bytes)
(a damaged line of 5 bytes)
`
	var out strings.Builder
	p := newLinePrinter(screen.Screen{Out: &out, Width: 80}, false)
	if err := p.print(text); err != nil {
		t.Fatal(err)
	}
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}

func TestLastLines(t *testing.T) {
	const text = "a\nb\nc\n"
	for n, want := range map[int]string{0: text, 1: "c\n", 2: "b\nc\n", 3: text, 9: text} {
		if got := string(lastLines([]byte(text), n)); got != want {
			t.Errorf("%d: got %q, want %q", n, got, want)
		}
	}
	if got := lastLines(nil, 3); len(got) > 0 {
		t.Errorf("got %q", got)
	}
}

// Who follows the log through its renaming must miss nothing, and see no half line.
func TestFollowerGoesOnWhenTheFileIsRenamed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit")
	f := follow(path)
	defer f.Close()
	add := func(to, text string) {
		t.Helper()
		file, err := os.OpenFile(to, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
		if err == nil {
			_, err = file.WriteString(text)
			file.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	next := func(want string) {
		t.Helper()
		if got, err := f.read(); string(got) != want || err != nil && !os.IsNotExist(err) {
			t.Errorf("got %q, %v, want %q", got, err, want)
		}
	}
	next("")
	add(path, "one\ntw")
	next("one\n")
	add(path, "o\nthree\n")
	if err := os.Rename(path, audit.Old(path)); err != nil {
		t.Fatal(err)
	}
	next("two\nthree\n")
	add(path, "four\ncut")
	next("four\n")
	if err := os.Rename(path, audit.Old(path)); err != nil {
		t.Fatal(err)
	}
	add(path, "five\n")
	next("cut\nfive\n")
	next("")
}
