//go:build linux

package storm

import (
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/cmd/internal/programs"
)

// built is the folder of the programs under test.
var built string

// rogueDigest pins the plugin that misbehaves.
var rogueDigest string

func TestMain(m *testing.M) {
	dir, remove, err := programs.Build()
	if err == nil {
		built = dir
		rogueDigest, err = buildRogue(filepath.Join(dir, "rogue"))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	// Most of these tests wait for deadlines.
	flag.Parse()
	if err := flag.Set("test.parallel", "8"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	remove()
	os.Exit(code)
}

// buildRogue builds the plugin that misbehaves, and returns its digest.
func buildRogue(path string) (string, error) {
	cmd := exec.Command("go", "build", "-trimpath", "-o", path, "./testdata/rogue")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w: %s", err, out)
	}
	program, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	digest := sha256.Sum256(program)
	return hex.EncodeToString(digest[:]), nil
}

// scale returns small, or full if the variable says so.
func scale(variable string, small, full int) int {
	if os.Getenv(variable) == "full" {
		return full
	}
	return small
}

// fullFaults reports whether the faults that take a minute each are to be tried.
func fullFaults() bool { return os.Getenv("FAULT") == "full" }

// patience bounds every wait. It is no measure of anything: a wait that takes so long never ends.
const patience = 3 * time.Minute
