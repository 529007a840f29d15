//go:build unix

package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/sesame-auth/sesame/core"
)

// A front that is found first but is of another release fails every refresh.
func TestProgramsOnPathAreTheInstalledOnes(t *testing.T) {
	front := func(version string) string {
		return "#!/bin/sh\necho git-credential-sesame " + version + "\n"
	}
	c := newTooled(t)
	mine := filepath.Join(c.folder, "git-credential-sesame")
	other := filepath.Join(c.cwd, "other")
	path := "."
	getenv := c.getenv
	c.getenv = func(name string) string {
		if name == "PATH" {
			return path
		}
		return getenv(name)
	}
	look := func() []finding { return c.checkOnPath("git-credential-sesame") }
	wantFindings(t, look(), "warning is not on PATH")
	path = c.folder
	wantFindings(t, look())
	write(t, filepath.Join(other, "git-credential-sesame"), front("0.0.9"), 0o700)
	path = other + ":" + c.folder
	wantFindings(t, look(), "fault first on PATH, is of version 0.0.9")
	write(t, filepath.Join(other, "git-credential-sesame"), front(core.Version), 0o700)
	wantFindings(t, look(), "fault has no sesame beside it")
	write(t, filepath.Join(other, "sesame"), "", 0o700)
	wantFindings(t, look(), "warning another installation")
	path = c.folder + ":" + other
	wantFindings(t, look(), "warning twice")
	if err := os.Remove(filepath.Join(other, "git-credential-sesame")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(mine, filepath.Join(other, "git-credential-sesame")); err != nil {
		t.Fatal(err)
	}
	path = other + ":" + c.folder
	wantFindings(t, look())
}

// A program that hangs, fails or says nothing tells no version.
func TestVersionOfAProgramThatTellsNone(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("SESAME_AUDIT_LOG", "/audit")
	t.Setenv("SESAME_LOG_FILE", "/log")
	for script, want := range map[string]string{
		"echo docker-credential-sesame '(github.com/x)' 1.2.3": "1.2.3",
		"exit 2": "", "echo usage: x; exit 2": "", "true": "", "echo x": "",
		`test -z "$SESAME_AUDIT_LOG$SESAME_LOG_FILE" && echo x 1.2.3`: "1.2.3",
	} {
		path := filepath.Join(dir, "front")
		write(t, path, "#!/bin/sh\n"+script+"\n", 0o700)
		if got, err := versionOf(t.Context(), path); got != want || err != nil {
			t.Errorf("%s: got %q, %v, want %q", script, got, err, want)
		}
	}
	if _, err := versionOf(t.Context(), filepath.Join(dir, "none")); err == nil {
		t.Error("a program that is not there tells a version")
	}
}
