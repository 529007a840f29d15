package setup

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// keyring has the keys that Debian's releases are signed with. It comes with every Debian.
const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg"

// download has apt fetch the packages of the clients below work, and returns the files. Apt checks
// the signature of the releases, and by them the files. It needs no right to the system's own
// directories, and knows nothing of what is installed there.
func download(work string) (archives []string, err error) {
	if _, err := exec.LookPath("apt-get"); err != nil {
		return nil, errors.New("apt-get is not here")
	}
	mirror, err := mirror()
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(work, "apt")
	if err := writeApt(dir, mirror); err != nil {
		return nil, err
	}
	for _, args := range [][]string{
		{"update"},
		append([]string{"install", "--yes", "--download-only", "--no-install-recommends"}, clientPackages...),
		{"download", clientAlone},
	} {
		if err := apt(dir, args...); err != nil {
			return nil, err
		}
	}
	for _, pattern := range []string{"cache/archives/*.deb", "*.deb"} {
		files, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			return nil, err
		}
		archives = append(archives, files...)
	}
	return archives, nil
}

// writeApt makes directories for apt, with its configuration, its sources, and the packages that it
// takes for installed.
func writeApt(dir, mirror string) error {
	for _, folder := range []string{"lists/partial", "cache/archives/partial"} {
		if err := os.MkdirAll(filepath.Join(dir, folder), 0o750); err != nil {
			return err
		}
	}
	var sources, status, options strings.Builder
	for _, release := range clientReleases() {
		// A release that is not published yet is signed for a few days only.
		fmt.Fprintf(&sources, "deb [signed-by=%s check-valid-until=no] %s %s main\n", keyring, mirror, release)
	}
	for _, name := range clientGiven {
		fmt.Fprintf(&status, "Package: %s\nStatus: install ok installed\nVersion: 99\nArchitecture: all\n"+
			"Multi-Arch: foreign\nMaintainer: none\nDescription: none\n\n", name)
	}
	for _, option := range [][2]string{
		{"Dir::Etc::sourcelist", dir + "/sources.list"}, {"Dir::Etc::sourceparts", "/dev/null"},
		{"Dir::Etc::preferencesparts", "/dev/null"},
		{"Dir::State::lists", dir + "/lists"}, {"Dir::State::status", dir + "/status"}, {"Dir::Cache", dir + "/cache"},
		{"APT::Sandbox::User", ""}, {"APT::Default-Release", clientsRelease},
		{"Acquire::Languages", "none"}, {"Acquire::IndexTargets::deb::DEP-11::DefaultEnabled", "false"},
	} {
		fmt.Fprintf(&options, "%s %q;\n", option[0], option[1])
	}
	// What the system does to its own directories after an update is not to be done.
	options.WriteString("#clear APT::Update::Post-Invoke;\n#clear APT::Update::Post-Invoke-Success;\n")
	for name, content := range map[string]string{
		"sources.list": sources.String(), "status": status.String(), "apt.conf": options.String(),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// clientReleases returns the releases that clients are from.
func clientReleases() []string {
	releases := []string{clientsRelease}
	for _, name := range clientPackages {
		if _, release, other := strings.Cut(name, "/"); other && !slices.Contains(releases, release) {
			releases = append(releases, release)
		}
	}
	return releases
}

// apt runs apt-get in dir. What the system's configuration says of proxies holds.
func apt(dir string, args ...string) error {
	return command("env", append([]string{"-C", dir, "apt-get", "-qq", "-c", "apt.conf"}, args...)...)
}
