package programs

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// builtVariable names the folder of programs that another process has built.
const builtVariable = "SESAME_TEST_PROGRAMS"

// Main is the TestMain of a package whose tests start the programs: it builds them, and the further
// ones whose folders it is given, stores their folder in dir, runs the tests, and removes it.
func Main(m *testing.M, dir *string, further ...string) {
	if *dir = os.Getenv(builtVariable); *dir != "" {
		os.Exit(m.Run())
	}
	built, remove, err := Build()
	if err == nil {
		err = errors.Join(buildInto(built, further...), os.Chmod(built, 0o755)) // other users may run them
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	*dir = built
	code := m.Run()
	remove()
	os.Exit(code)
}

// buildInto builds the programs in folders of the test, each by its folder's name.
func buildInto(dir string, folders ...string) error {
	for _, folder := range folders {
		cmd := exec.Command("go", "build", "-trimpath", "-o", filepath.Join(dir, filepath.Base(folder)), folder)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("go build: %w: %s", err, out)
		}
	}
	return nil
}

// Need skips the test where a tool is missing. On a machine that tests every change it
// fails: there a skipped test is one that nobody misses.
func Need(t testing.TB, tool, debianPackage string) {
	t.Helper()
	if _, err := exec.LookPath(tool); err == nil {
		return
	}
	message := tool + " is not installed; type: sudo apt-get install " + debianPackage
	if os.Getenv("CI") == "true" {
		t.Fatal(message)
	}
	t.Skip(message)
}
