package endtoend_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
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
func cloneFetchPush(s *sandbox, server *gitServer) {
	s.t.Helper()
	commit := repository(s, server, "r.git")
	work := filepath.Join(s.home, "work")
	s.must("git", "clone", "-q", server.url+"/r.git", work)
	s.must("git", "-C", work, "commit", "-q", "--allow-empty", "-m", "second")
	s.must("git", "-C", work, "push", "-q", "origin", "HEAD")
	s.must("git", "-C", work, "fetch", "-q")
	pushed := s.must("git", "--git-dir", filepath.Join(server.root, "r.git"), "rev-parse", "main^")
	if strings.TrimSpace(pushed) != commit {
		s.t.Errorf("the server has %s before its last commit, want %s", pushed, commit)
	}
	if served, refused := server.counts(); served == 0 || refused != 0 {
		s.t.Errorf("%d requests with a good token, %d with a bad one; want some, and none", served, refused)
	}
}

func only(username, token string) func(string, string) bool {
	return func(u, t string) bool { return u == username && t == token }
}

// The main job for a token in a file, such as a mounted secret.
func TestGitWorksWithATokenInAFile(t *testing.T) {
	t.Parallel()
	server := newGitServer(t, only("ci", "static-token"), nil)
	s := gitSandbox(t)
	s.staticRoute(server.url, "ci", "static-token")
	cloneFetchPush(s, server)
}

// The main job for a token in the environment: nothing else is set up, and nothing is written.
func TestGitWorksWithATokenInTheEnvironmentAlone(t *testing.T) {
	t.Parallel()
	server := newGitServer(t, only("__token__", "env-token"), nil)
	s := gitSandbox(t)
	s.env[variable(server.url)] = "env-token"
	cloneFetchPush(s, server)
	if _, err := os.Stat(filepath.Join(s.home, ".local/state")); !os.IsNotExist(err) {
		t.Errorf("a token of the environment left files in the state directory: %v", err)
	}
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
	server, pyx := newPyxGitServer(t, pyxtest.Config{})
	s := gitSandbox(t)
	loginPyx(s, pyx, -time.Minute)
	cloneFetchPush(s, server)
	wantRefreshes(t, pyx, 1)
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

// A server may take a token back before it ends. Git does not ask again after a refusal, so
// one command fails; that two fail, and that it goes on until the token's end, is the accident.
func TestARevokedTokenCostsGitOneCommand(t *testing.T) {
	t.Parallel()
	server, pyx := newPyxGitServer(t, pyxtest.Config{})
	s := gitSandbox(t)
	loginPyx(s, pyx, time.Hour)
	repository(s, server, "r.git")
	s.must("git", "ls-remote", server.url+"/r.git")
	wantRefreshes(t, pyx, 0)

	server.revokeLast()
	if r := s.run("", "git", "ls-remote", server.url+"/r.git"); r.code == 0 {
		t.Fatal("git reached the server with a revoked token")
	}
	s.must("git", "ls-remote", server.url+"/r.git")
	wantRefreshes(t, pyx, 1)
	if _, refused := server.counts(); refused != 1 {
		t.Errorf("the revoked token was sent %d times, want once", refused)
	}
}

// Git reports a refusal to every program in its list. A refusal of a token that somebody
// else gave must not cost sesame's own.
func TestARefusedTokenOfAnotherProgramChangesNothing(t *testing.T) {
	t.Parallel()
	server, pyx := newPyxGitServer(t, pyxtest.Config{})
	s := gitSandbox(t)
	loginPyx(s, pyx, time.Hour)
	repository(s, server, "r.git")
	s.must("git", "ls-remote", server.url+"/r.git")
	other := strings.Replace(server.url, "://", "://me:typed@", 1)
	if r := s.run("", "git", "ls-remote", other+"/r.git"); r.code == 0 {
		t.Fatal("git reached the server with a password that is not good")
	}
	s.must("git", "ls-remote", server.url+"/r.git")
	wantRefreshes(t, pyx, 0)
}

// Git clones submodules in parallel, each with a process that asks for itself. A refresh
// token is good for once: eight that spend it at the same time lose the login.
func TestSubmodulesInParallelCostOneRefresh(t *testing.T) {
	t.Parallel()
	const submodules = 8
	server, pyx := newPyxGitServer(t, pyxtest.Config{})
	s := gitSandbox(t)
	loginPyx(s, pyx, -time.Minute)
	super := filepath.Join(s.home, "super")
	s.must("git", "init", "-q", super)
	var modules strings.Builder
	for i := range submodules {
		name := "sub" + strconv.Itoa(i)
		commit := repository(s, server, name+".git")
		modules.WriteString("[submodule \"" + name + "\"]\n\tpath = " + name + "\n\turl = ../" + name + ".git\n")
		s.must("git", "-C", super, "update-index", "--add", "--cacheinfo", "160000,"+commit+","+name)
	}
	s.write("super/.gitmodules", modules.String())
	s.must("git", "-C", super, "add", ".gitmodules")
	s.must("git", "-C", super, "commit", "-q", "-m", "submodules")
	s.must("git", "clone", "-q", "--bare", super, filepath.Join(server.root, "super.git"))

	s.must("git", "clone", "-q", "--recurse-submodules", "-j8", server.url+"/super.git", filepath.Join(s.home, "work"))
	for i := range submodules {
		if _, err := os.Stat(filepath.Join(s.home, "work", "sub"+strconv.Itoa(i), ".git")); err != nil {
			t.Error(err)
		}
	}
	wantRefreshes(t, pyx, 1)
}

// A build machine starts many git processes at once, often just when the token has expired.
func TestManyGitsAtOnceCostOneRefresh(t *testing.T) {
	t.Parallel()
	server, pyx := newPyxGitServer(t, pyxtest.Config{Latency: 100 * time.Millisecond})
	s := gitSandbox(t)
	loginPyx(s, pyx, -time.Minute)
	repository(s, server, "r.git")
	var group sync.WaitGroup
	for range 30 {
		group.Go(func() {
			if r := s.run("", "git", "ls-remote", server.url+"/r.git"); r.code != 0 {
				t.Errorf("git ls-remote: exit %d: %s", r.code, r.stderr)
			}
		})
	}
	group.Wait()
	wantRefreshes(t, pyx, 1)
	if _, refused := server.counts(); refused != 0 {
		t.Errorf("%d requests were refused, want none", refused)
	}
}
