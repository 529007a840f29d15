package setup

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// clientsDir holds programs that Debian 12 has not, or too old. Each is in a directory of its
// own name, which a test puts in front of its PATH.
const clientsDir = ".cache/clients"

// clientsRelease is the Debian that they are from, but for those that name another.
const clientsRelease = "trixie"

// The packages are unpacked, not installed: this system's own stay as they are. Nothing runs their
// scripts, so apt is told that what only those need is there already.
var (
	clientPackages = []string{
		"git", "git-lfs", "oras", "crane/forky",
		"libgit2-1.9", "libcurl4t64", "libsqlite3-0", // cargo's, which itself wants a compiler of Rust
	}
	clientAlone = "cargo" // without what it depends on
	clientGiven = []string{"perl", "liberror-perl"}
)

// Client returns the path of a program that setup has unpacked for the tests: "git" (2.46 or
// later), "git-lfs" (3.6 or later), "crane", "oras" or "cargo". It is "" where there is none.
func Client(name string) string {
	dir, err := os.Getwd()
	if err != nil {
		return ""
	}
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			return ""
		}
	}
	path := filepath.Join(dir, clientsDir, name, name)
	if _, err := os.Stat(path); err != nil {
		return ""
	}
	return path
}

// clients unpacks the programs, once. Where that cannot be done it says why, and the tests
// that need them are skipped.
func clients() {
	list := fmt.Sprintln(clientsRelease, clientPackages, clientAlone)
	if made, err := os.ReadFile(filepath.Join(clientsDir, "made")); err == nil && string(made) == list {
		return
	}
	if err := makeClients(list); err != nil {
		fmt.Fprintln(os.Stderr, "setup: some tests will be skipped, since a later git, git-lfs, crane, oras and cargo "+
			"cannot be unpacked from Debian packages:", err)
	}
}

// makeClients makes the directory of clients beside its place, and renames it when it is whole.
func makeClients(list string) error {
	work, err := filepath.Abs(clientsDir + ".new")
	if err != nil {
		return err
	}
	if err := os.RemoveAll(work); err != nil {
		return err
	}
	defer os.RemoveAll(work)
	archives, err := download(work)
	if err != nil {
		return err
	}
	if err := unpack(archives, filepath.Join(work, "root")); err != nil {
		return err
	}
	if err := link(work); err != nil {
		return err
	}
	if err := os.RemoveAll(filepath.Join(work, "apt")); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(work, "made"), []byte(list), 0o600); err != nil {
		return err
	}
	if err := os.RemoveAll(clientsDir); err != nil {
		return err
	}
	return os.Rename(work, clientsDir)
}

// unpack unpacks Debian packages into a directory.
func unpack(archives []string, root string) error {
	if len(archives) == 0 {
		return errors.New("apt-get downloaded nothing")
	}
	for _, archive := range archives {
		if out, err := exec.Command("dpkg-deb", "--extract", archive, root).CombinedOutput(); err != nil {
			return fmt.Errorf("dpkg-deb: %w: %s", err, strings.TrimSpace(string(out)))
		}
	}
	return nil
}
