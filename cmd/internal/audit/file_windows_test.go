package audit

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/windows"

	"github.com/sesame-auth/sesame/providers/acl/acltest"
)

// A log that grows without end fills the disk of a build machine; a line that goes missing when it is renamed is one
// that somebody will look for.
func TestFullFileIsRenamedOnce(t *testing.T) {
	const lines = 100
	dir := t.TempDir()
	acltest.Give(t, dir, acltest.Own)
	path := filepath.Join(dir, "audit")
	// It is full in the midst of them, and the next is not.
	if err := os.WriteFile(path, bytes.Repeat([]byte("\n"), MaxSize-lines*50), 0o600); err != nil {
		t.Fatal(err)
	}
	acltest.Give(t, path, acltest.Own)
	slow, _, err := open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer windows.CloseHandle(slow)
	for i := range lines {
		line := Line{Time: time.Unix(0, 0), Tool: "bazel", Operation: strconv.Itoa(i), Outcome: Served}
		if err := Append(path, &line); err != nil {
			t.Fatal(err)
		}
	}
	// The one who comes second must not rename the new file over the old one.
	if rotated, err := rotate(path, slow); !rotated || err != nil {
		t.Errorf("got %v, %v", rotated, err)
	}
	next := 0
	for _, name := range []string{Old(path), path} {
		text, err := os.ReadFile(name)
		if err != nil || len(text) > MaxSize {
			t.Fatalf("%s: %d bytes, %v", name, len(text), err)
		}
		for line := range bytes.Lines(bytes.TrimLeft(text, "\n")) {
			var l Line
			if err := json.Unmarshal(line, &l); err != nil || l.Operation != strconv.Itoa(next) {
				t.Fatalf("%s: line %d is %q (%v)", name, next, line, err)
			}
			next++
		}
	}
	if next != lines {
		t.Errorf("%d lines, want %d", next, lines)
	}
}

// The path comes from the environment: it must not lead a line into a file of somebody else's.
func TestOnlyAPlainFileOfOnesOwnIsWrittenTo(t *testing.T) {
	dir := t.TempDir()
	acltest.Give(t, dir, acltest.Own)
	open := filepath.Join(dir, "open")
	if err := os.WriteFile(open, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	acltest.Give(t, open, acltest.Writable)
	readable := filepath.Join(dir, "readable")
	if err := os.WriteFile(readable, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	acltest.Give(t, readable, acltest.Readable)
	for path, want := range map[string]string{
		filepath.Join(dir, "new"): "", readable: "", open: "is open to ", dir: "is not a regular file", "audit": "want an absolute path",
	} {
		err := Append(path, &Line{Outcome: Served})
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
	}
}
