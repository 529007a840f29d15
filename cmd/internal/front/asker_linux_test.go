package front

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestMain lets the test be the program that is asked.
func TestMain(m *testing.M) {
	if os.Getenv("SESAME_TEST_ASKED") != "" {
		if !Renewing() {
			os.Stdout.WriteString("not to be told")
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// A git-lfs that is told to come again asks the server without end.
func TestGitLFSIsKnownAmongTheAncestors(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct{ tool, want string }{
		{"git-lfs", "not to be told"}, {"git-remote-http", ""}, {"git-lfs-else", ""}, {"a)b (c", ""},
	} {
		t.Run(row.tool, func(t *testing.T) {
			// A shell under another name, since a process has its program's; its shell's child is asked.
			shell := filepath.Join(t.TempDir(), row.tool)
			if err := os.Symlink("/bin/sh", shell); err != nil {
				t.Fatal(err)
			}
			command := exec.Command(shell, "-c", `sh -c '"$0"; true' "$0"; true`, self)
			command.Env = append(os.Environ(), "SESAME_TEST_ASKED=1")
			out, err := command.Output()
			if err != nil || string(out) != row.want {
				t.Errorf("got %q, %v; want %q", out, err, row.want)
			}
		})
	}
}
