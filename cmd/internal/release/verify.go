package release

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// verify builds everything here, and once more the commit alone, in a clone at another place, with an empty cache of the
// compiler, another umask, time zone and language, and compares.
func verify() error {
	changed, err := output("git", "status", "--porcelain")
	if err != nil {
		return err
	}
	if changed != "" {
		return errors.New("what is compared is the commit, and files have changed since; commit them first:\n" + changed)
	}
	again, err := os.MkdirTemp("", "sesame-again-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(again)
	if err := buildAll(dist); err != nil {
		return err
	}
	if err := buildElsewhere(again); err != nil {
		return err
	}
	return same(dist, filepath.Join(again, "source", dist))
}

// buildElsewhere builds the commit in a folder that is empty before, as somebody else would.
func buildElsewhere(dir string) error {
	source := filepath.Join(dir, "source")
	if _, err := output("git", "clone", "-q", ".", source); err != nil {
		return err
	}
	cmd := exec.Command("sh", "-c", "umask 077; exec go run ./cmd/internal/release/main.go")
	cmd.Dir, cmd.Stdout, cmd.Stderr = source, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), "GOCACHE="+filepath.Join(dir, "cache"), "HOME="+dir, "TZ=Pacific/Kiritimati",
		"LC_ALL=tr_TR.UTF-8", "LANG=tr_TR.UTF-8", "GOMODCACHE="+moduleCache())
	return cmd.Run()
}

// moduleCache returns where the modules are, whose bytes go.sum vouches for.
func moduleCache() string {
	out, err := output("go", "env", "GOMODCACHE")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(out)
}

// same compares two results by their digests.
func same(first, second string) error {
	a, err := os.ReadFile(filepath.Join(first, sums))
	if err != nil {
		return err
	}
	b, err := os.ReadFile(filepath.Join(second, sums))
	if err != nil {
		return err
	}
	if string(a) != string(b) {
		return fmt.Errorf("two builds differ:\n%s\n%s", a, b)
	}
	fmt.Println("two builds are the same bytes")
	return nil
}
