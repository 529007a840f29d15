//go:build unix

package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/sesame-auth/sesame/cmd/internal/leak"
)

// searched is the test of a script. What the script's programs said, and what they left in the home
// directory, is searched for secrets when it is over.
type searched struct {
	*testing.T
	scan *leak.Scan
}

// Run runs one script.
func (s *searched) Run(name string, script func(testscript.T)) {
	s.T.Run(name, func(t *testing.T) { script(&searched{T: t}) })
}

// Verbose has the whole log kept.
func (s *searched) Verbose() bool { return true }

// Parallel has the scripts run one after the other. A script that has just written a program could not start it
// while the child of another, on its way to be another program, has the file open.
func (s *searched) Parallel() {}

// begin names the secrets of the scripts: all that are written in them begin alike.
func (s *searched) begin(home string) {
	s.scan = leak.New(home, func() []string { return nil })
	s.scan.Add("hush")
	s.scan.Own(home + "/.bazelrc") // a person's, with a secret of the person's
	s.scan.AddIssued()
}

// Log is called with all that the script did, while its files are still there.
func (s *searched) Log(args ...any) {
	s.T.Helper()
	s.T.Log(args...)
	if s.scan == nil {
		return // it did not begin
	}
	for command := range strings.SplitSeq(fmt.Sprint(args...), "\n> ") {
		s.ran(command)
	}
	s.scan.Report(s.T)
}

// ran tells of one command, with its output, as testscript logs them.
func (s *searched) ran(command string) {
	line, output, _ := strings.Cut(command, "\n")
	rest, stderr, _ := strings.Cut(output, "[stderr]\n")
	_, stdout, _ := strings.Cut(rest, "[stdout]\n")
	code, words := 0, strings.Fields(strings.ReplaceAll(line, "'", ""))
	for len(words) > 0 && slices.Contains([]string{"!", "exec", "exits", "0", "1", "2"}, words[0]) {
		if words[0] == "!" || words[0] == "1" || words[0] == "2" {
			code = 1
		}
		words = words[1:]
	}
	if len(words) > 1 && words[0] == "sh" && strings.HasSuffix(words[1], ".sh") {
		words = append(words, "get") // the answers of its fronts are among what it says
	}
	if len(words) > 0 {
		s.scan.Ran(words, code, stdout, stderr)
	}
}

// A search that takes everything for an answer finds nothing.
func TestSearchOfAScriptFindsWhatItWasShown(t *testing.T) {
	for _, test := range []struct{ name, command, want string }{
		{"stdout", "exec sesame explain a.test\n[stdout]\na hush\n", "sesame's stdout"},
		{"stderr", "exec sesame token a.test\n[stdout]\nhush\n[stderr]\na hush\n", "sesame's stderr"},
		{"answer", "exec sesame token a.test\n[stdout]\nhush\n", ""},
		{"failure", "exits 1 sesame token a.test\n[stdout]\nhush\n", "sesame's stdout"},
		{"failure of any code", "! exec sesame token a.test\n[stdout]\nhush\n[exit status 1]\n", "sesame's stdout"},
		{"shell", "exec sh -c 'cat request | bazel-credential-sesame get'\n[stdout]\nhush\n", ""},
		{"the script itself", "env SESAME_TOKEN_A_TEST=hush\n", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := &searched{T: t}
			s.begin(t.TempDir())
			s.ran(test.command)
			if leaks := strings.Join(s.scan.Leaks(), "\n"); (leaks == "") != (test.want == "") || !strings.Contains(leaks, test.want) {
				t.Errorf("found %q, want %q", leaks, test.want)
			}
		})
	}
}
