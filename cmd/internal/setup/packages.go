package setup

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// A tool is a program that the tests need, and the Debian packages that bring it.
type tool struct {
	program  string
	packages []string
}

var tools = []tool{
	{"gcc", []string{"gcc", "libc6-dev"}}, // for go test -race
	{"docker-registry", []string{"docker-registry"}},
	{"htpasswd", []string{"apache2-utils"}},
	{"skopeo", []string{"skopeo"}},
	{"docker", []string{dockerPackage}},
	{"strace", []string{"strace"}},
	{"tmux", []string{"tmux"}},
	{"zsh", []string{"zsh"}},
	{"fish", []string{"fish"}},
	{"git-lfs", []string{"git-lfs"}},
	{"gnome-keyring-daemon", []string{"gnome-keyring"}},
	{"dbus-daemon", []string{"dbus-daemon"}},
	{"node", []string{"nodejs"}},
	{"npm", []string{"npm"}},
	{"jq", []string{"jq"}}, // what the documentation types
	{"python3", []string{"python3"}},
	{"chromium-headless-shell", []string{"chromium-headless-shell"}},
}

// dockerPackage stands for the package with docker's command line, whose name depends on the
// release.
const dockerPackage = "docker-cli"

// install installs the packages of the tools that are missing. Where it may not, it says
// how to, and the tests that need them are skipped.
func install() error {
	packages := missing()
	if len(packages) == 0 {
		return nil
	}
	return installPackages(packages)
}

func missing() (packages []string) {
	for _, t := range tools {
		if _, err := exec.LookPath(t.program); err != nil {
			packages = append(packages, t.packages...)
		}
	}
	return packages
}

// installPackages installs Debian packages, as root.
func installPackages(packages []string) error {
	root, ok := asRoot()
	if _, err := exec.LookPath("apt-get"); err != nil || !ok {
		fmt.Fprintln(os.Stderr, "setup: cannot install packages here; some tests will be skipped; type: "+
			"sudo apt-get install --no-install-recommends "+strings.Join(resolve(packages), " "))
		return nil
	}
	if err := command(root[0], append(root[1:], "apt-get", "update")...); err != nil {
		return err
	}
	arguments := slices.Concat(root[1:], []string{"apt-get", "install", "--yes", "--no-install-recommends"}, resolve(packages))
	return command(root[0], arguments...)
}

// asRoot returns how a command begins that runs as root without a question; not ok where
// there is no way.
func asRoot() (begin []string, ok bool) {
	begin = []string{"env", "DEBIAN_FRONTEND=noninteractive"}
	if os.Geteuid() == 0 {
		return begin, true
	}
	return append([]string{"sudo", "-n"}, begin...), exec.Command("sudo", "-n", "true").Run() == nil
}

// resolve names the package with docker's command line: one of its own since Debian 13, before
// that the one with the engine.
func resolve(packages []string) []string {
	resolved := slices.Clone(packages)
	i := slices.Index(resolved, dockerPackage)
	if i >= 0 && exec.Command("apt-cache", "show", dockerPackage).Run() != nil {
		resolved[i] = "docker.io"
	}
	return resolved
}
