package endtoend_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/sesame-auth/sesame/cmd/internal/programs"
	"github.com/sesame-auth/sesame/cmd/internal/setup"
)

// needClient returns the path of a program that setup unpacks. Where it is missing the test is skipped,
// and on a machine that tests every change it fails.
func needClient(t *testing.T, name string) string {
	t.Helper()
	path := setup.Client(name)
	if path != "" {
		return path
	}
	message := "there is no later " + name + " here; type: go run ./cmd/internal/setup/main.go install"
	if os.Getenv("CI") == "true" {
		t.Fatal(message)
	}
	t.Skip(message)
	return ""
}

// A gitClient is one of the gits of this machine.
type gitClient struct {
	path  string
	heals bool // asks again within one command, if a token from the store is refused: git 2.46 and later
}

// everyGit runs a test with the git that is installed, which in Debian 12 is 2.39, and with a later one.
func everyGit(t *testing.T, test func(t *testing.T, g gitClient)) {
	t.Helper()
	t.Run("installed", func(t *testing.T) {
		t.Parallel()
		test(t, installedGit(t))
	})
	t.Run("later", func(t *testing.T) {
		t.Parallel()
		g := newGitClient(t, needClient(t, "git"))
		if !g.heals {
			t.Fatal("the later git is one that does not ask again")
		}
		test(t, g)
	})
}

// installedGit is the git that is installed.
func installedGit(t *testing.T) gitClient {
	t.Helper()
	programs.Need(t, "git", "git")
	path, err := exec.LookPath("git")
	if err != nil {
		t.Fatal(err)
	}
	return newGitClient(t, path)
}

var gitVersion = regexp.MustCompile(`^git version (\d+)\.(\d+)\.`)

func newGitClient(t *testing.T, path string) gitClient {
	t.Helper()
	out, err := exec.Command(path, "version").Output()
	match := gitVersion.FindStringSubmatch(string(out))
	if err != nil || match == nil {
		t.Fatalf("%s version: %v: %q", path, err, out)
	}
	major, _ := strconv.Atoi(match[1])
	minor, _ := strconv.Atoi(match[2])
	return gitClient{path: path, heals: major > 2 || major == 2 && minor >= 46}
}

// sandbox is a sandbox whose git is this one, and asks sesame.
func (g gitClient) sandbox(t *testing.T) *sandbox {
	t.Helper()
	s := gitSandbox(t)
	first(s, g.path)
	return s
}

// first puts a program's directory in front of all in PATH but the programs under test.
func first(s *sandbox, program string) {
	own, others, _ := strings.Cut(s.env["PATH"], string(os.PathListSeparator))
	s.env["PATH"] = strings.Join([]string{own, filepath.Dir(program), others}, string(os.PathListSeparator))
}

// run runs git in the home directory.
func (g gitClient) run(s *sandbox, args ...string) result {
	s.t.Helper()
	return s.run("", g.path, args...)
}

// must runs git, which has to succeed.
func (g gitClient) must(s *sandbox, args ...string) string {
	s.t.Helper()
	return s.must(g.path, args...)
}
