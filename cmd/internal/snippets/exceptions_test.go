//go:build linux

package snippets

import (
	"os/exec"
	"strings"
	"testing"
)

// exceptions are the blocks that this test does not do, why, and what it does instead.
var exceptions = []struct {
	page, has, why string
	instead        action
}{
	{
		"README.md", "go run ./cmd/internal/setup/main.go", "it installs packages as root, and runs all tests, this one too; every change runs it",
		isRunWithEveryChange,
	},
	{
		"docs/performance.md", "go run ./cmd/internal/bench/main.go -check", "it wants a machine that does nothing else, for minutes",
		hasFlags,
	},
	{
		"docs/install.md", "go install", "it builds all programs once more, against a release; the same is done for docs/writing-a-provider.md",
		isTheGuides,
	},
}

// exception is the action for a block that is in the table above.
func exception(t *testing.T, w *world, b block) {
	t.Helper()
	for _, e := range exceptions {
		if e.page == b.page && strings.Contains(b.text, e.has) {
			if out, err := exec.Command("bash", "-n", "-c", b.text).CombinedOutput(); err != nil {
				t.Errorf("%s:%d: %v: %s", b.page, b.line, err, out)
			}
			e.instead(t, w, b)
			return
		}
	}
	t.Errorf("%s:%d: no test runs this snippet: it is not in the table exceptions", b.page, b.line)
}

// isRunWithEveryChange wants the block to be what .ci/run does.
func isRunWithEveryChange(t *testing.T, _ *world, b block) {
	t.Helper()
	if text := readPage(t, ".ci/run"); !strings.HasSuffix(text, "\n"+b.text) {
		t.Errorf("%s:%d: .ci/run does something else:\n%s", b.page, b.line, text)
	}
}

// hasFlags wants the program to be there, and to know the flags.
func hasFlags(t *testing.T, _ *world, b block) {
	t.Helper()
	words := strings.Fields(b.text) // go run FILE FLAG...
	cmd := exec.Command(words[0], words[1], words[2], "-help")
	cmd.Dir = root
	help, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%s:%d: %v: %s", b.page, b.line, err, help)
	}
	for _, flag := range words[3:] {
		if !strings.Contains(string(help), "\n  "+flag+"\n") {
			t.Errorf("%s:%d: there is no flag %s in:\n%s", b.page, b.line, flag, help)
		}
	}
}

// isTheGuides wants the guide, which another test follows, to do the same with further options of go.
func isTheGuides(t *testing.T, _ *world, b block) {
	t.Helper()
	guide := strings.NewReplacer("CGO_ENABLED=0 ", "", " -trimpath", "").Replace(readPage(t, "docs/writing-a-provider.md"))
	if !strings.Contains(guide, "\n"+b.text) {
		t.Errorf("%s:%d: docs/writing-a-provider.md installs in another way, so that no test does this", b.page, b.line)
	}
}

// An exception that is none any more hides the next mistake.
func TestEveryExceptionIsABlock(t *testing.T) {
	for _, e := range exceptions {
		found := 0
		for _, b := range blocks(e.page, readPage(t, e.page)) {
			if strings.Contains(b.text, e.has) {
				found++
			}
		}
		if found != 1 {
			t.Errorf("%s: %d blocks have %q, want one", e.page, found, e.has)
		}
	}
}
