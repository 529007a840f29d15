package leak

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// What a watch does not see, no test misses.
func TestWatchSeesArgumentsAndEnvironment(t *testing.T) {
	dir := t.TempDir()
	shell, err := os.ReadFile("/bin/sh")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir+"/acme", shell, 0o700); err != nil {
		t.Fatal(err)
	}
	w := NewWatch("acme")
	defer w.Stop()
	cmd := exec.Command(dir+"/acme", "-c", "read x", secret)
	cmd.Env = []string{"HOME=" + dir, "X=" + secret}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	defer stdin.Close()
	for deadline := time.Now().Add(time.Minute); !slices.Contains(w.Processes("acme"), cmd.Process.Pid); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the process was not seen")
		}
	}
	s := newScan(t)
	s.Saw(w.Sightings("HOME=" + dir)...)
	leaks := strings.Join(s.Leaks(), "\n")
	for _, want := range []string{"an argument of acme", "the variable X of acme"} {
		if !strings.Contains(leaks, want) {
			t.Errorf("found %q, want %s", leaks, want)
		}
	}
	if seen := w.Sightings(filepath.Join(dir, "elsewhere")); len(seen) > 0 {
		t.Errorf("of another house: %q", seen)
	}
}
