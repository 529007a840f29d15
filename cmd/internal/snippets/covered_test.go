//go:build linux

package snippets

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A coverage is a test of another package that does blocks of a page to the letter.
type coverage struct {
	dir, test string
	// covers says which blocks the test does; before are those that stand before b on the page.
	covers func(before []block, b block) bool
}

func (p page) isCovered(before []block, b block) bool {
	for _, c := range p.covered {
		if c.covers(before, b) {
			return true
		}
	}
	return false
}

// A test that is gone covers nothing, and one that reads another page covers nothing of this.
func TestOtherPackagesCoverWhatIsSaidOfThem(t *testing.T) {
	for name, p := range pages {
		for _, c := range p.covered {
			sources, err := filepath.Glob(filepath.Join(root, c.dir, "*_test.go"))
			if err != nil {
				t.Fatal(err)
			}
			found := false
			for _, source := range sources {
				text, err := os.ReadFile(source)
				if err != nil {
					t.Fatal(err)
				}
				found = found || strings.Contains(string(text), "func "+c.test+"(t *testing.T)") && strings.Contains(string(text), name+`"`)
			}
			if !found {
				t.Errorf("%s: there is no %s in %s that reads the page", name, c.test, c.dir)
			}
		}
	}
}

// A table with a page that is not there is one that nobody looks at.
func TestEveryPageOfTheTableIsThere(t *testing.T) {
	for name := range pages {
		if text := readPage(t, name); len(blocks(name, text)) == 0 {
			t.Errorf("%s has no snippets", name)
		}
	}
}
