package endtoend_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/cmd/internal/programs"
	"github.com/sesame-auth/sesame/providers/pyx/pyxtest"
)

// gitSandbox is a sandbox whose git asks sesame.
func gitSandbox(t *testing.T) *sandbox {
	t.Helper()
	programs.Need(t, "git", "git")
	s := newSandbox(t)
	s.write(".gitconfig", "[credential]\n\thelper = sesame\n[init]\n\tdefaultBranch = main\n")
	return s
}

// repository puts a repository with one commit on the server, and returns the commit.
func repository(s *sandbox, server *gitServer, name string) (commit string) {
	s.t.Helper()
	work := filepath.Join(s.home, "seed-"+name)
	s.must("git", "init", "-q", work)
	s.must("git", "-C", work, "commit", "-q", "--allow-empty", "-m", "first")
	s.must("git", "clone", "-q", "--bare", work, filepath.Join(server.root, name))
	return strings.TrimSpace(s.must("git", "-C", work, "rev-parse", "HEAD"))
}

// cloneFetchPush does what people do with git all day.
func cloneFetchPush(s *sandbox, g gitClient, server *gitServer) {
	s.t.Helper()
	commit := repository(s, server, "r.git")
	work := clone(s, g, server.url+"/r.git")
	g.must(s, "-C", work, "commit", "-q", "--allow-empty", "-m", "second")
	g.must(s, "-C", work, "push", "-q", "origin", "HEAD")
	g.must(s, "-C", work, "fetch", "-q")
	pushed := s.must("git", "--git-dir", filepath.Join(server.root, "r.git"), "rev-parse", "main^")
	if strings.TrimSpace(pushed) != commit {
		s.t.Errorf("the server has %s before its last commit, want %s", pushed, commit)
	}
	if served, refused := server.counts(); served == 0 || refused != 0 {
		s.t.Errorf("%d requests with a good token, %d with a bad one; want some, and none", served, refused)
	}
}

// clone clones into a directory of the sandbox, which it returns.
func clone(s *sandbox, g gitClient, url string) (work string) {
	s.t.Helper()
	work = filepath.Join(s.home, "work")
	g.must(s, "clone", "-q", url, work)
	return work
}

func only(username, token string) func(string, string) bool {
	return func(u, t string) bool { return u == username && t == token }
}

// The main job for a token in a file, such as a mounted secret.
func TestGitWorksWithATokenInAFile(t *testing.T) {
	t.Parallel()
	everyGit(t, func(t *testing.T, g gitClient) {
		server := newGitServer(t, only("ci", "static-token"), nil)
		s := g.sandbox(t)
		s.staticRoute(server.url, "ci", "static-token")
		cloneFetchPush(s, g, server)
	})
}

// The main job for a token in the environment: nothing else is set up, and nothing is written.
func TestGitWorksWithATokenInTheEnvironmentAlone(t *testing.T) {
	t.Parallel()
	everyGit(t, func(t *testing.T, g gitClient) {
		server := newGitServer(t, bearerOrPassword("env-token"), nil)
		s := g.sandbox(t)
		s.env[variable(server.url)] = "env-token"
		cloneFetchPush(s, g, server)
		if _, err := os.Stat(filepath.Join(s.home, ".local/state")); !os.IsNotExist(err) {
			t.Errorf("a token of the environment left files in the state directory: %v", err)
		}
	})
}

// bearerOrPassword accepts a token as what it is, and, from those who know no other form, as the
// password of the account that stands for none.
func bearerOrPassword(token string) func(string, string) bool {
	return func(u, t string) bool { return (u == "" || u == "__token__") && t == token }
}

// A server may take no password at all. A git that can send a token as what it is must be given it so.
func TestGitWorksWithAServerThatTakesNoPassword(t *testing.T) {
	t.Parallel()
	server := newGitServer(t, only("", "env-token"), nil)
	server.offers = `Bearer realm="git"`
	g := newGitClient(t, needClient(t, "git"))
	s := g.sandbox(t)
	s.env[variable(server.url)] = "env-token"
	cloneFetchPush(s, g, server)
}

// variable returns the environment variable for a server's token.
func variable(serverURL string) string {
	_, authority, _ := strings.Cut(serverURL, "://")
	return "SESAME_TOKEN_" + strings.NewReplacer(".", "_", ":", "_").Replace(authority)
}

// The main job for a token that must be obtained: uv's login has expired, and all of
// clone, push and fetch cost one refresh.
func TestGitWorksWithPyxAndOneRefresh(t *testing.T) {
	t.Parallel()
	everyGit(t, func(t *testing.T, g gitClient) {
		server, pyx := newPyxGitServer(t, pyxtest.Config{})
		s := g.sandbox(t)
		loginPyx(s, pyx, -time.Minute)
		cloneFetchPush(s, g, server)
		wantRefreshes(t, pyx, 1)
	})
}

// loginPyx logs in as uv does, with an access token that has left to live.
func loginPyx(s *sandbox, pyx *pyxtest.Server, left time.Duration) {
	s.t.Helper()
	s.env["PYX_API_URL"] = pyx.URL
	s.env["PYX_CREDENTIALS_DIR"] = filepath.Join(s.home, "uv")
	if _, err := pyx.LoginWithLeft(s.env["PYX_CREDENTIALS_DIR"], left); err != nil {
		s.t.Fatal(err)
	}
}

func wantRefreshes(t *testing.T, pyx *pyxtest.Server, want int) {
	t.Helper()
	if counts := pyx.Counts(); counts.Refreshes != want || counts.Reuses != 0 || counts.Refusals != 0 {
		t.Errorf("%d refreshes, %d reuses, %d refusals; want %d, 0, 0",
			counts.Refreshes, counts.Reuses, counts.Refusals, want)
	}
}
