//go:build linux

package release

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What nobody can build again nobody can check.
func TestTwoBuildsAreTheSameBytes(t *testing.T) {
	b := result(t)
	other := *b.release
	other.root, other.dir = elsewhere(t, b.root), t.TempDir()
	if err := other.compile(host, other.dir, "./cmd/git-credential-sesame"); err != nil {
		t.Fatal(err)
	}
	for _, f := range b.programs {
		if filepath.Base(f.from) == "git-credential-sesame" && fileText(t, f.from) != fileText(t, filepath.Join(other.dir, "git-credential-sesame")) {
			t.Error("a program that was built in another folder differs")
		}
	}
	small := b.programs[:3] // of 2 MB each
	first, second := *b.release, *b.release
	first.dir, second.dir = t.TempDir(), t.TempDir()
	if package1, package2 := pack(t, &first, small, b.shared), pack(t, &second, small, b.shared); package1 != package2 {
		t.Error("two packages of the same files differ")
	}
}

// pack returns a package's bytes.
func pack(t *testing.T, r *release, programs, shared []file) string {
	t.Helper()
	deb, err := r.debian(host.processor, programs, shared)
	if err != nil {
		t.Fatal(err)
	}
	return fileText(t, deb)
}

// elsewhere returns a copy of the source, in another folder.
func elsewhere(t *testing.T, root string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"cmd", "core", "protocols", "providers"} {
		if err := os.CopyFS(filepath.Join(dir, name), os.DirFS(filepath.Join(root, name))); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(fileText(t, filepath.Join(root, name))), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// A program that is not executable after it is unpacked is no program.
func TestZipKeepsModesAndTimes(t *testing.T) {
	b := result(t)
	var out bytes.Buffer
	if err := b.writeZip(&out, []file{{name: "d/bin/sesame.exe", mode: 0o755, text: "x"}}); err != nil {
		t.Fatal(err)
	}
	r, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	if f := r.File[0]; len(r.File) != 1 || f.Mode() != 0o755 || !f.Modified.Equal(b.when) {
		t.Errorf("got mode %v, time %v", f.Mode(), f.Modified)
	}
}

// docs/install.md and the README of an archive tell the same of each platform.
func TestInstallTellsWhatWasTested(t *testing.T) {
	b := result(t)
	text := fileText(t, filepath.Join(b.root, "docs/install.md"))
	for _, target := range targets {
		if row := "| " + target.system + "/" + target.processor + " | " + target.tested() + " |"; !strings.Contains(text, row) {
			t.Errorf("docs/install.md has no line %q", row)
		}
	}
}
