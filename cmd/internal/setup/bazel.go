package setup

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// bazelRelease is the first Debian whose Bazel knows credential helpers.
const bazelRelease = "forky"

// bazel makes a system of that Debian, below .cache and once, and runs the tests of the
// real Bazel in it. That takes five minutes and 1.5 GB the first time, and root.
func bazel() error {
	if os.Geteuid() != 0 {
		return errors.New("a system in a directory is made as root; type: sudo env \"PATH=$PATH\" go run ./cmd/internal/setup bazel")
	}
	root, err := filepath.Abs(filepath.Join(".cache", bazelRelease))
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(root, "usr/bin/bazel")); err != nil {
		if err := makeSystem(root); err != nil {
			return err
		}
	}
	os.Setenv("SESAME_TEST_BAZEL_ROOT", root)
	return command("go", "test", "-tags", "bazelreal", "-run", "RealBazel", "-v", "-count=1", "./cmd/internal/endtoend")
}

// makeSystem installs Debian with Bazel into the directory root, which is removed first if a
// run before was interrupted.
func makeSystem(root string) error {
	mirror, err := mirror()
	if err != nil {
		return err
	}
	if _, err := exec.LookPath("mmdebstrap"); err != nil {
		if err := installPackages([]string{"mmdebstrap"}); err != nil {
			return err
		}
	}
	if err := os.RemoveAll(root); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(root), 0o750); err != nil {
		return err
	}
	// A release that is not published yet is signed for a few days only.
	return command("mmdebstrap", "--mode=root", "--variant=apt",
		`--aptopt=Acquire::Check-Valid-Until "false"`, `--aptopt=APT::Install-Recommends "false"`,
		"--include=bazel-bootstrap", bazelRelease, root, "deb "+mirror+" "+bazelRelease+" main")
}

// mirror returns the Debian mirror that this machine uses.
func mirror() (string, error) {
	files, err := filepath.Glob("/etc/apt/sources.list.d/*")
	if err != nil {
		return "", err
	}
	for _, name := range append([]string{"/etc/apt/sources.list"}, files...) {
		file, err := os.Open(name)
		if err != nil {
			continue
		}
		defer file.Close()
		for lines := bufio.NewScanner(file); lines.Scan(); {
			if url := mirrorIn(lines.Text()); url != "" {
				return url, nil
			}
		}
	}
	return "", errors.New("no Debian mirror in /etc/apt/sources.list and /etc/apt/sources.list.d")
}

// mirrorIn returns the URL of a Debian mirror in a line of either format of sources.list(5):
// "deb [options] URL suite component", "URIs: URL". Only a Debian mirror's path ends in /debian.
func mirrorIn(line string) string {
	words := strings.Fields(line)
	if len(words) == 0 || words[0] != "deb" && words[0] != "URIs:" {
		return ""
	}
	i := slices.IndexFunc(words, func(word string) bool {
		return strings.HasPrefix(word, "http") && strings.HasSuffix(strings.TrimSuffix(word, "/"), "/debian")
	})
	if i < 0 {
		return ""
	}
	return words[i]
}
