//go:build unix

package plugins_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// stable are the packages that others may build against, and which they need.
var stable = []string{"providers", "providers/providerstest", "plugins/sdk"}

// exampleFiles returns the names of the example's Go files.
func exampleFiles(t *testing.T) (names []string) {
	t.Helper()
	err := filepath.WalkDir(examplePath, func(path string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".go") {
			names = append(names, strings.TrimPrefix(path, examplePath+"/"))
		}
		return err
	})
	if err != nil || len(names) == 0 {
		t.Fatalf("%d files, error %v", len(names), err)
	}
	return names
}

// A release that the example cannot be built with is a release that nobody's plugin can.
func TestExampleConformsBuiltAgainstTheReleaseAlone(t *testing.T) {
	author := newRelease(t)
	dir := filepath.Join(author.home, "acme")
	if err := os.CopyFS(dir, os.DirFS(examplePath)); err != nil {
		t.Fatal(err)
	}
	author.env = append(author.env, "CGO_ENABLED=0", "GOFLAGS=-modcacherw -trimpath -mod=mod") // as programs are built: from the cache
	author.run(t, dir, "go", "vet", "./...")
	author.run(t, dir, "go", "build", "-o", "bin/", "./...")
	author.run(t, dir, "go", "test", "./...")
	checkSums(t, dir)
	imports := author.run(t, dir, "go", "list", "-test", "-f", `{{join .Imports "\n"}}`, "./...")
	for line := range strings.Lines(imports) {
		path, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		name, ours := strings.CutPrefix(path, ourModule+"/")
		if ours && !slices.Contains(stable, name) {
			t.Errorf("the example imports %s, which is not stable", name)
		}
	}
}
