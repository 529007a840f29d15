//go:build unix

package audit

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// full has something in every field.
func full() Line {
	return Line{
		Time: time.Date(2026, 1, 2, 3, 4, 5, 6_789_012, time.FixedZone("", 3600)), Tool: "git", Protocol: "git", Operation: "get",
		Host: "https://h.test:8443", Route: "https://h.test:8443/team", Provider: "acme", Account: "ci",
		Verdict: "fresh", Outcome: Served, Took: 1234567 * time.Nanosecond, Token: "5f70bf18",
	}
}

// The form is one that other programs read: it only grows.
func TestLineIsTheSameEveryTime(t *testing.T) {
	line := full()
	const want = `{"time":"2026-01-02T02:04:05.006Z","tool":"git","protocol":"git","operation":"get","host":"https://h.test:8443",` +
		`"route":"https://h.test:8443/team","provider":"acme","account":"ci","verdict":"fresh","outcome":"served","token":"5f70bf18","ms":1.234}` + "\n"
	if got := string(line.AppendTo(nil)); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	empty := Line{Took: -time.Second} // a clock that was set back
	if got, want := string(empty.AppendTo(nil)), `{"time":"0001-01-01T00:00:00.000Z","ms":0.000}`+"\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// A name that ends the line, or the object, could forge another line.
func FuzzLineIsOneJSONObjectWhateverItsTexts(f *testing.F) {
	f.Add("git", "https://h.test", "ci")
	f.Add("\"}\n{\"outcome\":\"served", "\\", "\x00\x7f\u2028\xff")
	f.Add(strings.Repeat("ü", 300), strings.Repeat("\n", 256), "")
	f.Fuzz(func(t *testing.T, tool, host, account string) {
		line := full()
		line.Tool, line.Host, line.Account = tool, host, account
		text := line.AppendTo(nil)
		if bytes.Count(text, []byte("\n")) != 1 || len(text) > 3*6*maxField+2048 || !utf8.Valid(text) {
			t.Fatalf("not one bounded line: %q", text)
		}
		var got Line
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatalf("%v: %q", err, text)
		}
		if len(tool) <= maxField && got.Tool != strings.ToValidUTF8(tool, "") && utf8.ValidString(tool) || got.Outcome != Served {
			t.Errorf("tool %q, outcome %q", got.Tool, got.Outcome)
		}
	})
}

func BenchmarkLine(b *testing.B) {
	line, dst := full(), make([]byte, 0, 1024)
	for b.Loop() {
		line.AppendTo(dst)
	}
}

// BenchmarkAppend is what a hit pays for its line, beside the start of the programs.
func BenchmarkAppend(b *testing.B) {
	line, path := full(), b.TempDir()+"/audit"
	for b.Loop() {
		if err := Append(path, &line); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkTool(b *testing.B) {
	for b.Loop() {
		Tool()
	}
}
