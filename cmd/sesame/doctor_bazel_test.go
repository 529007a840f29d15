package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestBazelIsToldWhatItCalls(t *testing.T) {
	for _, row := range []struct {
		name, rc string
		want     []string
	}{
		{"nothing", "build -c opt\n", []string{"ok no .bazelrc"}},
		{"another's", "common --credential_helper=open-sesame.sh", []string{"ok no .bazelrc"}},
		{"by name", "common --credential_helper=bazel-credential-sesame\n", []string{"ok every host"}},
		{"by the old option, in two words", "common --experimental_credential_helper bazel-credential-sesame", []string{"ok every host"}},
		{"for a host", "common --credential_helper=a.test=bazel-credential-sesame", []string{"ok a.test ("}},
		{"for a host without a route", "common '--credential_helper=*.b.test=bazel-credential-sesame'",
			[]string{"warning bazel is told to ask sesame for https://any.b.test, which no route serves", "ok *.b.test"}},
		{"in the workspace", "common --credential_helper=%workspace%/tools/bazel-credential-sesame",
			[]string{"fault " + filepath.Join("ws", "tools", bazelFront) + ", which cannot be started", "ok every host"}},
		{"not on PATH", "common --credential_helper=my-credential-sesame" + extension, []string{"fault Bazel is told to call my-credential-sesame, which is not on PATH", "ok"}},
		{"relative", "common --credential_helper=tools/bazel-credential-sesame", []string{"fault not tools/bazel-credential-sesame", "ok"}},
		{"of another tool", "common --credential_helper=docker-credential-sesame", []string{"fault does not speak its protocol", "ok"}},
		{"the whole program", "common --credential_helper=" + root + "usr/bin/sesame", []string{"fault does not speak its protocol", "ok"}},
		{"overridden", "common --credential_helper=bazel-credential-sesame\ncommon --credential_helper=other", []string{"warning Bazel calls other for every host", "ok"}},
		{"not overridden", "common --credential_helper=other\ncommon --credential_helper=x.test=other --credential_helper=bazel-credential-sesame", []string{"ok"}},
		{"too short a time", "common --credential_helper=bazel-credential-sesame --credential_helper_timeout=5s", []string{"warning --credential_helper_timeout is 5s", "ok"}},
		{"in a comment", "# common --credential_helper=bazel-credential-sesame", []string{"ok no .bazelrc"}},
		{"in a file that is imported", "import %workspace%/more.bazelrc\ntry-import /none", []string{"ok more.bazelrc"}},
		{"a file that is not there", "import /none", []string{"warning cannot be read", "ok no .bazelrc"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := newTooled(t)
			c.cwd = filepath.Join(c.cwd, "ws", "deep")
			workspace := filepath.Dir(c.cwd)
			write(t, filepath.Join(workspace, "MODULE.bazel"), "", 0o600)
			write(t, filepath.Join(workspace, "more.bazelrc"), "common --credential_helper="+bazelFront, 0o600)
			write(t, filepath.Join(workspace, ".bazelrc"), strings.ReplaceAll(row.rc, "bazel-credential-sesame", bazelFront), 0o600)
			wantFindings(t, checkBazel(c), row.want...)
		})
	}
}

// Two files that import each other must not keep doctor for ever.
func TestBazelrcThatImportsItselfEnds(t *testing.T) {
	c := newTooled(t)
	path := filepath.Join(c.cwd, ".bazelrc")
	write(t, path, "import "+filepath.ToSlash(path)+"\ncommon --credential_helper="+bazelFront, 0o600)
	found := checkBazel(c)
	if len(found) != 1 || found[0].What != "Bazel is told to ask sesame for every host ("+path+")" {
		t.Errorf("got %q", states(found))
	}
}

func FuzzBazelWords(f *testing.F) {
	f.Add("common --x=1 'a b' \"c \\\" d\" e\\ f # g")
	f.Fuzz(func(t *testing.T, line string) {
		words := bazelWords(line)
		if n := len(strings.Join(words, "")); n > 3*len(line) { // what is not UTF-8 takes three bytes
			t.Errorf("%q became %q", line, words)
		}
		if strings.ContainsAny(line, "'\"\\#\v\f") {
			return
		}
		if want := strings.FieldsFunc(strings.ToValidUTF8(line, "\uFFFD"), func(r rune) bool { return strings.ContainsRune(" \t\r\n", r) }); len(words) != len(want) {
			t.Errorf("%q became %q", line, words)
		}
	})
}

func TestBazelWordsAreThoseOfBazel(t *testing.T) {
	got := bazelWords("common\t--x=1 'a \\b' \"c \\\" d\" e\\ f '' # g")
	if want := []string{"common", "--x=1", `a \b`, `c " d`, "e f", ""}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
