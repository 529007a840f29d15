package endtoend_test

import (
	"crypto/rand"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/providers/pyx/pyxtest"
)

// pyxRepository is a sandbox that has a good token of pyx in its store, and a repository on the
// server that wants it.
func pyxRepository(t *testing.T, g gitClient) (*sandbox, *gitServer, *pyxtest.Server) {
	t.Helper()
	server, pyx := newPyxGitServer(t, pyxtest.Config{})
	s := g.sandbox(t)
	loginPyx(s, pyx, time.Hour)
	repository(s, server, "r.git")
	g.must(s, "ls-remote", server.url+"/r.git")
	wantRefreshes(t, pyx, 0)
	return s, server, pyx
}

// costs runs a git command whose token is refused. A git that asks again succeeds; an older one
// fails once, and succeeds when it is run again.
func costs(t *testing.T, s *sandbox, g gitClient, args ...string) {
	t.Helper()
	if g.heals {
		g.must(s, args...)
		return
	}
	if r := g.run(s, args...); r.code == 0 {
		t.Fatalf("git %s succeeded with a token that is refused", strings.Join(args, " "))
	}
	g.must(s, args...)
}

// A server may take a token back before it ends. A git that does not ask again fails for
// one command; that two fail, and that it goes on until the token's end, is the accident.
func TestARevokedTokenCostsGitOneCommandAtMost(t *testing.T) {
	t.Parallel()
	everyGit(t, func(t *testing.T, g gitClient) {
		s, server, pyx := pyxRepository(t, g)
		server.revokeLast()
		costs(t, s, g, "ls-remote", server.url+"/r.git")
		wantRefreshes(t, pyx, 1)
		if _, refused := server.counts(); refused != 1 {
			t.Errorf("the revoked token was sent %d times, want once", refused)
		}
		g.must(s, "ls-remote", server.url+"/r.git") // and for good
		wantRefreshes(t, pyx, 1)
	})
}

// A push may take longer than its token lives: the server takes the first request and refuses the
// second, which carries the work.
func TestAPushThatOutlivesItsTokenCostsGitOneCommandAtMost(t *testing.T) {
	t.Parallel()
	for name, size := range map[string]int{"small": 1, "in chunks": 2 << 20} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			everyGit(t, func(t *testing.T, g gitClient) { pushOutlives(t, g, size) })
		})
	}
}

// commitFile commits a file of random bytes.
func commitFile(s *sandbox, g gitClient, work string, size int) {
	s.t.Helper()
	content := make([]byte, size)
	_, _ = rand.Read(content)
	writeFile(s.t, filepath.Join(work, "file"), content)
	g.must(s, "-C", work, "add", "file")
	g.must(s, "-C", work, "commit", "-q", "-m", "second")
}

// pushOutlives pushes a file of random bytes. What is larger than http.postBuffer, a MiB, git
// sends in chunks, after a request that only asks whether it may.
func pushOutlives(t *testing.T, g gitClient, size int) {
	s, server, pyx := pyxRepository(t, g)
	work := clone(s, g, server.url+"/r.git")
	commitFile(s, g, work, size)
	server.mu.Lock()
	server.before = func(r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/git-receive-pack") {
			server.revoked[server.last] = true
			server.before = nil
		}
	}
	server.mu.Unlock()
	costs(t, s, g, "-C", work, "push", "-q", "origin", "HEAD")
	wantRefreshes(t, pyx, 1)
	here := g.must(s, "-C", work, "rev-parse", "HEAD")
	if there := g.must(s, "-C", work, "ls-remote", "-q", "origin", "refs/heads/main"); !strings.HasPrefix(there, strings.TrimSpace(here)) {
		t.Errorf("the server has %q, want %q", there, here)
	}
	// A git that asks again does so twice here: it has called the token good by then, and
	// the first question does not say that it was refused.
	if _, refused := server.counts(); refused > 2 {
		t.Errorf("the dead token was sent %d times, want twice at most", refused)
	}
}

// An issuer whose tokens the server does not take must not be asked for more without end: by one
// command, or by a build that tries again and again.
func TestATokenThatIsRefusedAsSoonAsItIsMintedEnds(t *testing.T) {
	t.Parallel()
	everyGit(t, func(t *testing.T, g gitClient) {
		s, server, pyx := pyxRepository(t, g)
		server.mu.Lock()
		server.accepts = func(string, string) bool { return false }
		server.mu.Unlock()
		const commands = 10
		for range commands {
			if r := g.run(s, "ls-remote", server.url+"/r.git"); r.code == 0 {
				t.Fatal("git succeeded with a token that is refused")
			}
		}
		_, refused := server.counts()
		refreshes := pyx.Counts().Refreshes
		t.Logf("%d commands: %d refreshes, %d tokens refused", commands, refreshes, refused)
		if refreshes == 0 || refreshes > 3 || refused > 1+refreshes {
			t.Errorf("%d refreshes, %d tokens refused; want 1 to 3, and each token refused once", refreshes, refused)
		}
	})
}

// Whoever asks by way of git credential, as git-lfs does, is told nothing of asking again: git-lfs 3.6 would send a
// refused token without end, and it is told apart by nothing else.
func TestGitTellsNobodyElseToAskAgain(t *testing.T) {
	t.Parallel()
	everyGit(t, func(t *testing.T, g gitClient) {
		s, server, _ := pyxRepository(t, g)
		scheme, host, _ := strings.Cut(server.url, "://")
		request := "capability[]=authtype\ncapability[]=state\nprotocol=" + scheme + "\nhost=" + host + "\n\n"
		direct := s.run(request, "git-credential-sesame", "get")
		if !strings.HasSuffix(direct.stdout, "\ncontinue=1\n") {
			t.Fatalf("git itself is not told to ask again: %d lines", strings.Count(direct.stdout, "\n"))
		}
		filled := s.run(request, g.path, "credential", "fill")
		if !strings.Contains(filled.stdout, "\npassword_expiry_utc=") && g.heals || filled.code != 0 {
			t.Fatalf("git credential fill: exit %d: %s", filled.code, filled.stderr)
		}
		for _, word := range []string{"continue", "state[]"} {
			if strings.Contains(filled.stdout, word+"=") {
				t.Errorf("git credential fill hands on %q", word)
			}
		}
	})
}

// Git reports a refusal to every program in its list. A refusal of a token that somebody
// else gave must not cost sesame's own.
func TestARefusedTokenOfAnotherProgramChangesNothing(t *testing.T) {
	t.Parallel()
	everyGit(t, func(t *testing.T, g gitClient) {
		s, server, pyx := pyxRepository(t, g)
		other := strings.Replace(server.url, "://", "://me:typed@", 1)
		if r := g.run(s, "ls-remote", other+"/r.git"); r.code == 0 {
			t.Fatal("git reached the server with a password that is not good")
		}
		g.must(s, "ls-remote", server.url+"/r.git")
		wantRefreshes(t, pyx, 0)
	})
}
