//go:build linux

package snippets

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// root is that of the source.
const root = "../../.."

// A block is what stands between two fences of a page.
type block struct {
	page     string // its path below root
	line     int    // of its first fence
	language string // after it
	text     string
}

// blocks returns the blocks of a page, in their order. A fence that is not closed is the page's last.
func blocks(page, text string) (all []block) {
	var current *block
	for i, line := range strings.Split(text, "\n") {
		language, fence := strings.CutPrefix(strings.TrimLeft(line, " "), "```")
		switch {
		case fence && current == nil:
			current = &block{page: page, line: i + 1, language: strings.TrimSpace(language)}
		case fence:
			all, current = append(all, *current), nil
		case current != nil:
			current.text += line + "\n"
		}
	}
	if current != nil {
		all = append(all, *current)
	}
	return all
}

// readPage returns a page's text.
func readPage(t *testing.T, page string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, page))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// documents returns the paths of all pages below root.
func documents(t *testing.T) []string {
	t.Helper()
	found := []string{"README.md"}
	err := filepath.WalkDir(filepath.Join(root, "docs"), func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.Name() == "node_modules":
			return fs.SkipDir
		case filepath.Ext(path) != ".md":
			return nil
		}
		name, err := filepath.Rel(root, path)
		found = append(found, name)
		return err
	})
	if err != nil || len(found) < 20 {
		t.Fatalf("%d pages, error %v: the test does not see them all", len(found), err)
	}
	return found
}

// A block that is not found is one that nobody runs.
func TestEveryFenceIsFound(t *testing.T) {
	got := blocks("p.md", "a\n```sh\nx\n```\n\n1. b\n   ```text\n   y\n   ```\n```\nz")
	want := []block{{"p.md", 2, "sh", "x\n"}, {"p.md", 7, "text", "   y\n"}, {"p.md", 10, "", "z\n"}}
	if len(got) != len(want) {
		t.Fatalf("got %+v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("got %+v, want %+v", got[i], want[i])
		}
	}
}
