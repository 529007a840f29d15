//go:build unix

package host

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A pin that is not met must stop the start, and say both digests.
func TestPinRefusesAnotherFile(t *testing.T) {
	for _, row := range []struct {
		name string
		pin  func(*program, string, string) error
	}{
		{"by descriptor", func(p *program, want, _ string) error { return p.pinByDescriptor(want) }},
		{"by copy", (*program).pinByCopy},
	} {
		t.Run(row.name, func(t *testing.T) {
			dir := ownedDir(t)
			path := put(t, filepath.Join(dir, "plugin"), "#!/bin/sh\necho ran\n", 0o755, 0o755)
			digest := sum("#!/bin/sh\necho ran\n")
			if _, err := pinned(t, path, strings.ToUpper(digest), row.pin); err != nil {
				t.Errorf("its own digest: %v", err)
			}
			wrong := strings.Repeat("0", 64)
			_, err := pinned(t, path, wrong, row.pin)
			e, ok := errors.AsType[*repairError](err)
			if !ok || !strings.Contains(e.cause, digest) || !strings.Contains(e.cause, wrong) || e.command != "sesame plugins pin "+path {
				t.Errorf("another digest: %v", err)
			}
		})
	}
}

// What was hashed is what is executed: a file put in the place of the first, after it was
// hashed, must not run.
func TestPinExecutesWhatItHashed(t *testing.T) {
	for _, row := range []struct {
		name string
		pin  func(*program, string, string) error
	}{
		{"by descriptor", func(p *program, want, _ string) error { return p.pinByDescriptor(want) }},
		{"by copy", (*program).pinByCopy},
	} {
		t.Run(row.name, func(t *testing.T) {
			if row.name == "by descriptor" && !byDescriptor {
				return // it needs Linux's /proc, and is used nowhere else
			}
			path := put(t, filepath.Join(ownedDir(t), "plugin"), "#!/bin/sh\necho the first\n", 0o755, 0o755)
			p, err := pinned(t, path, sum("#!/bin/sh\necho the first\n"), row.pin)
			if err != nil {
				t.Fatal(err)
			}
			put(t, path+".new", "#!/bin/sh\necho the second\n", 0o755, 0o755)
			if err := os.Rename(path+".new", path); err != nil {
				t.Fatal(err)
			}
			out, err := p.command().Output()
			if string(out) != "the first\n" {
				t.Errorf("it printed %q, error %v", out, err)
			}
		})
	}
}

func sum(content string) string {
	digest := sha256.Sum256([]byte(content))
	return hex.EncodeToString(digest[:])
}

func pinned(t *testing.T, path, want string, pin func(*program, string, string) error) (*program, error) {
	t.Helper()
	p, err := openProgram(Plugin{Path: path}, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p, pin(p, want, t.TempDir())
}

// The pin of the configuration is that of a whole plugin that runs.
func TestPinnedPluginRuns(t *testing.T) {
	w := newWorld(t, "/good")
	content, err := os.ReadFile(w.plugin.Path)
	if err != nil {
		t.Fatal(err)
	}
	w.plugin.SHA256 = sum(string(content))
	p := w.open()
	w.ask(p, request("/token"))
	p.Close()
	w.nothingLeft(1)

	w.plugin.SHA256 = sum("another")
	e := w.openError(t.Context())
	if !strings.Contains(e.Message, sum(string(content))) || !strings.Contains(e.Message, sum("another")) {
		t.Errorf("error %q: want both digests", e.Message)
	}
	w.noSocket()
}
