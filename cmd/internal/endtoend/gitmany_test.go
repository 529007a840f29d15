package endtoend_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/providers/pyx/pyxtest"
)

// Git clones submodules in parallel, each with a process that asks for itself. A refresh
// token is good for once: eight that spend it at the same time lose the login.
func TestSubmodulesInParallelCostOneRefresh(t *testing.T) {
	t.Parallel()
	everyGit(t, func(t *testing.T, g gitClient) {
		server, pyx := newPyxGitServer(t, pyxtest.Config{})
		s := g.sandbox(t)
		loginPyx(s, pyx, -time.Minute)
		cloneSubmodules(s, g, server)
		wantRefreshes(t, pyx, 1)
	})
}

// Eight that store the same password at the same time must not lose it, nor one another's.
func TestSubmodulesInParallelKeepThePassword(t *testing.T) {
	t.Parallel()
	everyGit(t, func(t *testing.T, g gitClient) {
		server := newGitServer(t, only("me", "password"), nil)
		s := g.sandbox(t)
		keepEverything(s)
		approve(s, g, server.url, "me", "password")
		cloneSubmodules(s, g, server)
		if out := s.must("sesame", "token", server.url); out != "password\n" {
			t.Errorf("sesame token: %q", out)
		}
	})
}

// cloneSubmodules clones a repository with eight submodules, eight at once.
func cloneSubmodules(s *sandbox, g gitClient, server *gitServer) {
	s.t.Helper()
	const submodules = 8
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

	g.must(s, "clone", "-q", "--recurse-submodules", "-j8", server.url+"/super.git", filepath.Join(s.home, "work"))
	for i := range submodules {
		if _, err := os.Stat(filepath.Join(s.home, "work", "sub"+strconv.Itoa(i), ".git")); err != nil {
			s.t.Error(err)
		}
	}
	if _, refused := server.counts(); refused != 0 {
		s.t.Errorf("%d requests were refused, want none", refused)
	}
}

// A build machine starts many git processes at once, of more than one version, often just when
// the token has expired.
func TestAHundredFetchesAtOnceCostOneRefresh(t *testing.T) {
	t.Parallel()
	installed, later := installedGit(t), newGitClient(t, needClient(t, "git"))
	server, pyx := newPyxGitServer(t, pyxtest.Config{Latency: 100 * time.Millisecond})
	s := gitSandbox(t)
	loginPyx(s, pyx, -time.Minute)
	repository(s, server, "r.git")
	var group sync.WaitGroup
	for i := range 100 {
		g, empty := installed, filepath.Join(s.home, "fetch"+strconv.Itoa(i))
		if i%2 == 1 {
			g = later
		}
		group.Go(func() {
			if r := g.run(s, "init", "-q", "--bare", empty); r.code != 0 {
				t.Errorf("git init: exit %d: %s", r.code, r.stderr)
			}
			if r := g.run(s, "-C", empty, "fetch", "-q", server.url+"/r.git"); r.code != 0 {
				t.Errorf("git fetch: exit %d: %s", r.code, r.stderr)
			}
		})
	}
	group.Wait()
	wantRefreshes(t, pyx, 1)
	if _, refused := server.counts(); refused != 0 {
		t.Errorf("%d requests were refused, want none", refused)
	}
}
