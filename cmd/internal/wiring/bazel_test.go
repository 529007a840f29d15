package wiring

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sesame-auth/sesame/protocols"
)

// withNames gives each program in a text the name that it has on this system.
func withNames(text string) string {
	return strings.ReplaceAll(text, "bazel-credential-sesame", bazelProgram)
}

// A line of ours that Bazel reads as a part of the one before it does nothing, without a word.
func TestTheLineIsReadAsALineOfItsOwn(t *testing.T) {
	for name, text := range oddTexts["bazel"] {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			path := b.write(".bazelrc", text, 0o600)
			b.change(Bazel{Programs: b.programs, Hosts: []string{"*.A.test"}})
			got, _ := read(t, path)
			want := rcHelper{command: "common", scope: "*.a.test", helper: bazelProgram}
			found := slices.ContainsFunc(rcHelpers(got), func(h rcHelper) bool { h.line = 0; return h == want })
			if !found {
				t.Errorf("%q does not name the helper", got)
			}
			if strings.Contains(text, "\r\n") && strings.Contains(strings.ReplaceAll(got, "\r\n", ""), "\n") {
				t.Errorf("%q has both kinds of line ends", got)
			}
		})
	}
}

// Bazel asks one helper only. Which one is not for us to decide.
func TestAnotherHelperOfBazelsIsNotPushedAside(t *testing.T) {
	all, one := []string(nil), []string{"a.test"}
	rows := []struct {
		name, text string
		hosts      []string
		want       string // a part of the error, or what is said
	}{
		{"for every host", "\ncommon --credential_helper=/bin/x\n", all, ".bazelrc:2: another helper is asked for every host already"},
		{"of a command", "build --credential_helper=x\n", all, ".bazelrc:1: another helper"},
		{"old name, two words", "common --experimental_credential_helper \\\n x\n", all, ".bazelrc:1: another helper"},
		{"for that host", "common '--credential_helper=A.test=x'\n", one, ".bazelrc:1: another helper is asked for a.test already"},
		{"ours, and another for builds", "common --credential_helper=bazel-credential-sesame\nbuild --credential_helper=x\n", all, ".bazelrc:2: another"},
		{"for another host", "common --credential_helper=b.test=x\n", one, "+common"},
		{"for every host, and ours for one", "common --credential_helper=x\n", one, "+common"},
		{"in a comment", "# common --credential_helper=x\n", all, "+common"},
		{"on demand", "build:ci --credential_helper=x\n", all, "+common"},
		{"ours, for builds only", "build --credential_helper=bazel-credential-sesame\n", all, "+common"},
		{"ours", "common --x --credential_helper=%workspace%/bazel-credential-sesame\n", all, "nothing to change"},
		{"ours for that host", "common --credential_helper=a.test=bazel-credential-sesame", one, "nothing to change"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			b := newBench(t)
			path := b.write("ws/.bazelrc", withNames(row.text), 0o600)
			s := b.setup(Bazel{Programs: b.programs, File: path, Hosts: row.hosts})
			said := ""
			if err := s.Preview(t.Context()); err != nil {
				said = err.Error()
			}
			if said += b.out.String(); !strings.Contains(said, row.want) {
				t.Errorf("got %q, want %q", said, row.want)
			}
		})
	}
}

// What Bazel rejects as a scope ends every build with exit code 2.
func TestAScopeIsOneThatBazelTakes(t *testing.T) {
	for host, good := range map[string]bool{
		"a.test": true, "*.a.test": true, "localhost": true, "127.0.0.1": true, "bücher.test": true,
		"": false, "*": false, "a.test:443": false, "https://a.test": false, "a.test/x": false, "a.*.test": false,
		"a..test": false, "a=b": false, "a b": false, "a.test\n": false, "[::1]": false,
	} {
		_, err := Bazel{Hosts: []string{host}}.Tool()
		if _, usage := errors.AsType[protocols.UsageError](err); usage == good {
			t.Errorf("%q: %v", host, err)
		}
	}
}

// Bazel has no quotes of its own for a path; .bazelrc has.
func TestAProgramThatIsNotInThePATHIsNamedByItsPath(t *testing.T) {
	for _, folder := range oddFolders {
		b := newBench(t)
		program := b.write(folder+"/"+bazelProgram, "", 0o755)
		t.Setenv("PATH", "/nowhere")
		b.change(Bazel{Programs: filepath.Dir(program)})
		text, _ := read(t, filepath.Join(b.home, ".bazelrc"))
		if got := rcHelpers(text); len(got) != 1 || got[0].helper != filepath.ToSlash(program) || strings.Contains(text, "${") {
			t.Errorf("%q names %+v, want %q", text, got, program)
		}
		if len(b.notes) != 1 || !strings.Contains(b.notes[0], "for this machine only") {
			t.Errorf("notes %q", b.notes)
		}
	}
	b := newBench(t)
	program := b.write("a=b/"+bazelProgram, "", 0o755)
	t.Setenv("PATH", "/nowhere")
	err := b.setup(Bazel{Programs: filepath.Dir(program)}).Write(t.Context())
	if err == nil || !strings.Contains(err.Error(), "put its folder into the PATH") {
		t.Errorf("a path with a =: %v", err)
	}
}

// The words are those of Bazel's own reader.
func TestWordsAreSplitAsBazelDoes(t *testing.T) {
	rows := map[string][]string{
		"":                        nil,
		"build --a  --b\t--c\r":   {"build", "--a", "--b", "--c"},
		`build "--a=b c" '--d e'`: {"build", "--a=b c", "--d e"},
		`build --a="b c"d`:        {"build", "--a=b cd"},
		`build a\ b 'c\'d' \"e`:   {"build", "a b", "c'd", `"e`},
		"build --a#b c":           {"build", "--a"},
		"# build":                 nil,
		`build "#a" \#b`:          {"build", "#a", "#b"},
		`build --a\`:              {"build", "--a"},
		`build "open`:             {"build", "open"},
		"build ''":                {"build"},
	}
	for line, want := range rows {
		if got := rcWords(line); !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", line, got, want)
		}
	}
}
