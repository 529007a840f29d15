//go:build linux

package snippets

import (
	"regexp"
	"strings"
	"testing"
)

// varying is what is another each time a program prints it: two texts that differ in nothing else are the same. Beside it a
// page may write … for any characters of one line.
var varying = []struct {
	what    string
	pattern *regexp.Regexp
	instead string
}{
	{"a time", regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`), "TIME"},
	{"git's time", regexp.MustCompile(`(_expiry_utc=)\d+`), "${1}TIME"},
	{"a fingerprint", regexp.MustCompile(`(state\[\]=sesame:)[0-9A-Za-z_-]+`), "${1}FINGERPRINT"},
	{"a wait", regexp.MustCompile(`next try in \d+s`), "next try in 1s"},
}

// same reports whether a page shows what was printed. White space at the end of lines does not count.
func same(shown, printed string) bool {
	pattern := strings.ReplaceAll(regexp.QuoteMeta(normal(shown)), "…", ".*")
	return regexp.MustCompile("^" + pattern + "$").MatchString(normal(printed))
}

// contains reports whether a page shows a part of what was printed.
func contains(shown, printed string) bool {
	pattern := strings.ReplaceAll(regexp.QuoteMeta(normal(shown)), "…", ".*")
	return regexp.MustCompile(pattern).MatchString(normal(printed))
}

// lastLines returns as many lines of the end of a text as another has.
func lastLines(text, other string) string {
	lines := strings.SplitAfter(strings.TrimRight(text, " \n"), "\n")
	n := strings.Count(strings.TrimRight(other, " \n"), "\n") + 1
	return strings.Join(lines[max(0, len(lines)-n):], "")
}

func normal(text string) string {
	for _, v := range varying {
		text = v.pattern.ReplaceAllString(text, v.instead)
	}
	lines := strings.Split(strings.TrimRight(text, " \n"), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

// A comparison that takes everything for the same lets every output on the pages be wrong.
func TestOutputIsComparedButForWhatVaries(t *testing.T) {
	tests := []struct {
		name, shown, printed string
		want                 bool
	}{
		{"to the letter", "a.b\n", "a.b\n", true},
		{"another letter", "a.b\n", "axb\n", false},
		{"a line more", "a\n", "a\nb\n", false},
		{"a line less", "a\nb\n", "a\n", false},
		{"blanks at the end", "a\n", "a  \n", true},
		{"blanks within", "a b\n", "a  b\n", false},
		{"anything", "x … z\n", "x 12/y z\n", true},
		{"anything is of one line", "x … z\n", "x 1\n2 z\n", false},
		{"times", "at 2026-01-02T03:04:05Z\n", "at 2031-12-11T10:09:08Z\n", true},
		{"a time and none", "at 2026-01-02T03:04:05Z\n", "at noon\n", false},
		{"git's times", "password_expiry_utc=1767323045", "password_expiry_utc=1", true},
		{"waits", "next try in 4s;", "next try in 12s;", true},
		{"fingerprints", "state[]=sesame:FINGERPRINT", "state[]=sesame:0af_-Z", true},
	}
	for _, test := range tests {
		if got := same(test.shown, test.printed); got != test.want {
			t.Errorf("%s: %q and %q are the same: %t, want %t", test.name, test.shown, test.printed, got, test.want)
		}
	}
}
