package host

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Between the check of the digest and the start nobody must put another program in its place.
func TestPinnedProgramCannotBeExchanged(t *testing.T) {
	plugin := newPlugin(t, "good")
	digest, err := Check(plugin)
	if err != nil {
		t.Fatal(err)
	}
	plugin.SHA256 = digest
	program, err := openProgram(plugin, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(plugin.Path, []byte("other"), 0o700); err == nil {
		t.Error("it was written to")
	}
	if err := os.Rename(plugin.Path, plugin.Path+".old"); err == nil {
		t.Error("it was renamed")
	}
	program.Close()
	p, err := Open(t.Context(), plugin)
	if err != nil {
		t.Fatal(err)
	}
	p.Close()
	plugin.SHA256 = strings.Repeat("0", 64)
	if _, err := Open(t.Context(), plugin); err == nil || !strings.Contains(err.Error(), "its SHA-256 is "+digest) {
		t.Errorf("another digest: %v", err)
	}
}

func TestFoldersOfKilledHostsAreSwept(t *testing.T) {
	temp := t.TempDir()
	ended := exec.Command(os.Args[0], "-test.run=^$")
	if err := ended.Run(); err != nil {
		t.Fatal(err)
	}
	old := filepath.Join(temp, fmt.Sprint(dirPrefix, ended.Process.Pid, "-1"))
	full := filepath.Join(temp, fmt.Sprint(dirPrefix, ended.Process.Pid, "-2"))
	ours := filepath.Join(temp, fmt.Sprint(dirPrefix, os.Getpid(), "-1"))
	for _, dir := range []string{filepath.Join(old, "plugin-dir1"), filepath.Join(full, "other"), ours} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	sweep(temp)
	for dir, want := range map[string]bool{old: false, full: true, ours: true} {
		if _, err := os.Stat(dir); (err == nil) != want {
			t.Errorf("%s: %v, want it there: %v", dir, err, want)
		}
	}
}
