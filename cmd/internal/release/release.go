// Package release builds what people download, into the folder dist: an archive for each platform,
// Debian packages, a list of what is in them (CycloneDX), and the digests of all.
//
//	go run ./cmd/internal/release/main.go          build everything
//	go run ./cmd/internal/release/main.go verify   build everything twice, and compare
//
// The bytes depend on the commit and the version of Go alone: every time in them is that of the commit.
//
// The program is main.go, which the build of all programs leaves out: nobody wants it installed.
package release

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sesame-auth/sesame/core"
)

// dist is the folder for what is built.
const dist = "dist"

// A target is a platform, as Go names it.
type target struct{ system, processor string }

// targets are the platforms. Only linux/amd64 is tested as a whole; docs/install.md says what was only compiled.
var targets = []target{
	{"linux", "amd64"}, {"linux", "arm64"}, {"darwin", "amd64"},
	{"darwin", "arm64"}, {"windows", "amd64"}, {"windows", "arm64"},
}

// Run does what the arguments say.
func Run(args []string) error {
	switch strings.Join(args, " ") {
	case "":
		return build(dist)
	case "verify":
		return verify()
	}
	return errors.New("usage: go run ./cmd/internal/release/main.go [verify]")
}

// verify builds everything twice, the second time with nothing of the first, and compares.
func verify() error {
	again, err := os.MkdirTemp("", "sesame-release-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(again)
	if err := build(dist); err != nil {
		return err
	}
	os.Setenv("GOCACHE", filepath.Join(again, "cache"))
	if err := build(filepath.Join(again, "dist")); err != nil {
		return err
	}
	first, err := os.ReadFile(filepath.Join(dist, sums))
	if err != nil {
		return err
	}
	second, err := os.ReadFile(filepath.Join(again, "dist", sums))
	if err != nil {
		return err
	}
	if string(first) != string(second) {
		return fmt.Errorf("two builds differ:\n%s\n%s", first, second)
	}
	fmt.Println("two builds are the same bytes")
	return nil
}

// build builds everything into dir, which is emptied before.
func build(dir string) error {
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	stage := filepath.Join(dir, "stage")
	if err := os.MkdirAll(stage, 0o755); err != nil {
		return err
	}
	when, err := commitTime()
	if err != nil {
		return err
	}
	shared, err := sharedFiles(filepath.Join(stage, "share"))
	if err != nil {
		return err
	}
	for _, t := range targets {
		programs, err := t.programs(filepath.Join(stage, t.system+"-"+t.processor))
		if err != nil {
			return err
		}
		name := fmt.Sprintf("sesame-%s-%s-%s", core.Version, t.system, t.processor)
		if err := archive(filepath.Join(dir, name), slices.Concat(programs, shared), when, t.system == "windows"); err != nil {
			return err
		}
		if t.system == "linux" {
			if err := debian(dir, t.processor, programs, shared, when); err != nil {
				return err
			}
		}
	}
	if err := bill(dir); err != nil {
		return err
	}
	if err := os.RemoveAll(stage); err != nil {
		return err
	}
	return writeSums(dir)
}

// commitTime returns the time of the commit that is built.
func commitTime() (time.Time, error) {
	out, err := output("git", "log", "-1", "--format=%ct")
	if err != nil {
		return time.Time{}, err
	}
	seconds, err := strconv.ParseInt(strings.TrimSpace(out), 10, 64)
	return time.Unix(seconds, 0).UTC(), err
}

// sums is the file with the digests, as sha256sum -c reads it.
const sums = "SHA256SUMS"

func writeSums(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	var text strings.Builder
	for _, entry := range entries {
		data, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			return err
		}
		fmt.Fprintf(&text, "%x  %s\n", sha256.Sum256(data), entry.Name())
	}
	return os.WriteFile(filepath.Join(dir, sums), []byte(text.String()), 0o644)
}

// output runs a program and returns what it prints.
func output(name string, args ...string) (string, error) {
	out, err := exec.Command(name, args...).Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		err = fmt.Errorf("%w: %s", err, exit.Stderr)
	}
	if err != nil {
		return "", fmt.Errorf("%s %s: %w", name, strings.Join(args, " "), err)
	}
	return string(out), nil
}
