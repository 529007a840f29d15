package sesame_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// Nobody runs these tests on Windows or macOS: what was only compiled must at least compile, tests included. The task
// "cross" looks at every platform of a release. With an empty build cache each platform takes two minutes of a processor.
func TestOtherSystemsCompile(t *testing.T) {
	if testing.Short() {
		t.Skip("the standard library is compiled for each")
	}
	lookAtSources(t)
	for _, platform := range []string{"windows/amd64", "darwin/arm64"} {
		t.Run(platform, func(t *testing.T) {
			system, processor, _ := strings.Cut(platform, "/")
			if system == runtime.GOOS {
				t.Skip("it is this one")
			}
			vet := exec.Command("go", "vet", "./cmd/...", "./core/...", "./plugins/...", "./protocols/...", "./providers/...")
			vet.Env = append(os.Environ(), "GOOS="+system, "GOARCH="+processor, "CGO_ENABLED=0")
			if out, err := vet.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// lookAtSources has the test's result count as old once one of the sources is changed: what another program reads, go test
// does not know of.
func lookAtSources(t *testing.T) {
	t.Helper()
	for _, folder := range []string{"cmd", "core", "plugins", "protocols", "providers", "go.mod"} {
		err := filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
			if err == nil {
				_, err = os.Stat(path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
