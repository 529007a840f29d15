package programs

import (
	"fmt"
	"os"
	"os/exec"
	"testing"
)

// Main is the TestMain of a package whose tests start the programs: it builds them, stores their
// folder in dir, runs the tests, and removes it.
func Main(m *testing.M, dir *string) {
	built, remove, err := Build()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	*dir = built
	code := m.Run()
	remove()
	os.Exit(code)
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
