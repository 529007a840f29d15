package programs

import (
	"os"
	"os/exec"
	"testing"
	"time"
)

// tracedVariable is set in a process that runs the tests with a log.
const tracedVariable = "SESAME_TEST_TRACED"

// Traced reports whether the tests run with a log of everything. A front that logs is another program:
// it becomes the whole one. So each package runs its tests as people run the programs, and once more so.
func Traced() bool { return os.Getenv(tracedVariable) != "" }

// Fewer returns how many processes a test starts: n, or some where each of them has a log.
func Fewer(n, traced int) int {
	if Traced() {
		return traced
	}
	return n
}

// Log returns the variables that have a program log everything into a file, where the tests are traced.
func Log(file string) map[string]string {
	if !Traced() {
		return nil
	}
	return map[string]string{"SESAME_LOG": "trace", "SESAME_LOG_FILE": file}
}

// RunTraced runs the other tests of a package once more, with a log of everything, in a process of its
// own. The programs are those in dir. The storms and the faults are of the small size there.
func RunTraced(t *testing.T, dir string) {
	t.Helper()
	if Traced() {
		t.Skip("these are the tests with a log")
	}
	args := []string{"-test.failfast"}
	if deadline, ok := t.Deadline(); ok {
		args = append(args, "-test.timeout="+(time.Until(deadline)*9/10).String())
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = append(os.Environ(), tracedVariable+"=1", builtVariable+"="+dir, "STORM=", "FAULT=")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("with a log: %v\n%s", err, out)
	}
}
