//go:build linux

package newcomer

import (
	"strings"
	"testing"
)

// origin returns the scheme, host and port of a repository's URL.
func origin(url string) string { return strings.TrimSuffix(url, "/r.git") }

// withFile is a machine on which a person has come as far as the README leads: a token in a file, a route, git set up, and
// a clone that works. What is typed after the first command is what that has said.
func withFile(t *testing.T) (m *machine, url string) {
	t.Helper()
	url, authority := gitServer(t, func(token string) bool { return token == "file-token" })
	m = newMachine(t, authority)
	s := m.types("sesame config init --match "+origin(url)+` --provider static --option secret_file="$HOME/.secrets/git"`, "")
	m.types(s.after(t, "to give it its token, type: "), "file-token\n")
	m.types("sesame setup git --write", "")
	m.works(url)
	return m, url
}

// The first ten minutes decide whether there is an eleventh.
func TestThePathOfTheReadmeEndsInAClone(t *testing.T) {
	t.Parallel()
	m, url := withFile(t)
	m.types("sesame explain "+url, "").has(t, "provider  ", "static", "its token handed out")
	m.types("sesame doctor", "").has(t, "0 faults, 0 warnings")
	m.types("sesame status", "").has(t, origin(url), "fresh")
	m.types("sesame setup git --undo", "")
	m.fails(url, "could not read Username")
}

// The tools find the fronts on the PATH, git finds their manual page by their name, and the fronts find everything else.
func TestThePackageHasNothingOnThePathButWhatIsCalled(t *testing.T) {
	t.Parallel()
	m := newMachine(t, "")
	s := m.types("ls "+installed+"/usr/bin", "")
	want := "bazel-credential-sesame\ndocker-credential-sesame\ngit-credential-sesame\nsesame\n"
	if s.text != want {
		t.Errorf("got %q, want %q", s.text, want)
	}
	m.types("man -M "+installed+"/usr/share/man git-credential-sesame | cat", "").has(t, "git-credential-sesame(1)", "SYNOPSIS")
}

// A secret that others can read, or not even its owner, is one command away from being good.
func TestASecretFileThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"644", "000"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			m, url := withFile(t)
			m.types("chmod "+mode+" ~/.secrets/git", "")
			m.fails(url, "/.secrets/git", "to repair it, type: chmod ")
			m.types("sesame explain "+url, "").has(t, "the call fails: ", "/.secrets/git")
			repair := m.finds(t, "/.secrets/git").after(t, "to repair it, type:")
			m.types(repair, "")
			m.works(url)
		})
	}
}

// A typing error in a host: the route is for another, and nothing is said of this one.
func TestTheWrongHost(t *testing.T) {
	t.Parallel()
	m, url := withFile(t)
	m.types("sed -i s/127.0.0.1/git.example.com/ ~/.config/sesame/config.toml", "")
	m.fails(url, "could not read Username")
	s := m.types("sesame explain "+url, "")
	s.has(t, "no route of the configuration matches")
	// It asks for the rest at a terminal; here the rest is typed.
	s = m.types(s.after(t, "to add a route, type: ")+" --provider static", "")
	m.types(s.after(t, "to log in, or to keep a secret, type: "), "file-token\n")
	m.works(url)
}
