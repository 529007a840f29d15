package endtoend_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/sesame-auth/sesame/cmd/internal/programs"
)

// largeFiles is how many large files a push has. Each is a request of its own, several at once.
const largeFiles = 20

// everyLFS runs a test with the installed git and git-lfs, in Debian 12 2.39 and 3.3, and with later ones.
func everyLFS(t *testing.T, test func(t *testing.T, g gitClient, lfs string)) {
	t.Helper()
	everyGit(t, func(t *testing.T, g gitClient) {
		lfs := ""
		if g.heals {
			lfs = needClient(t, "git-lfs")
		} else {
			programs.Need(t, "git-lfs", "git-lfs")
		}
		test(t, g, lfs)
	})
}

// largeRepository makes a work tree with large files, which the server has not.
func largeRepository(t *testing.T, g gitClient, lfs string) (s *sandbox, server *gitServer, l *lfsServer, work string, refreshes func() int) {
	t.Helper()
	s, server, pyx := pyxRepository(t, g)
	if lfs != "" {
		first(s, lfs)
	}
	l = serveLFS(server)
	work = clone(s, g, server.url+"/r.git")
	g.must(s, "-C", work, "lfs", "install", "--local")
	g.must(s, "-C", work, "lfs", "track", "*.bin")
	for i := range largeFiles {
		writeFile(t, filepath.Join(work, fmt.Sprintf("%d.bin", i)), fmt.Appendf(nil, "large file %d", i))
	}
	g.must(s, "-C", work, "add", ".")
	g.must(s, "-C", work, "commit", "-q", "-m", "large files")
	return s, server, l, work, func() int { return pyx.Counts().Refreshes }
}

// A git-lfs before 3.6 asks again at once for whatever was refused, without end: with a helper that answers
// the same token each time it never comes back.
func TestGitLFSPushesWithATokenThatWasRevoked(t *testing.T) {
	t.Parallel()
	everyLFS(t, func(t *testing.T, g gitClient, lfs string) {
		s, server, l, work, refreshes := largeRepository(t, g, lfs)
		server.revokeLast()
		served, _ := server.counts()
		g.must(s, "-C", work, "lfs", "push", "origin", "main")
		l.wantObjects(t, largeFiles)
		after, refused := server.counts()
		t.Logf("%d requests served, %d refused, %d refreshes", after-served, refused, refreshes())
		// Eight transfers at once may have been given the token before the first was refused.
		if refused == 0 || refused > 8 || refreshes() != 1 {
			t.Errorf("%d requests refused, %d refreshes; want 1 to 8, and 1", refused, refreshes())
		}
		g.must(s, "-C", work, "push", "-q", "origin", "HEAD")
		pulled := filepath.Join(s.home, "pulled")
		g.must(s, "clone", "-q", server.url+"/r.git", pulled)
		g.must(s, "-C", pulled, "lfs", "install", "--local")
		g.must(s, "-C", pulled, "lfs", "pull")
		if content, err := os.ReadFile(filepath.Join(pulled, "7.bin")); err != nil || string(content) != "large file 7" {
			t.Errorf("what came back: %q, %v", content, err)
		}
	})
}

// Several transfers at once are refused the same token, one after the other. The last to say so must not cost the
// others the token that they have got by then.
func TestGitLFSPushesThoughItsTokenIsRevokedInTheMiddle(t *testing.T) {
	t.Parallel()
	everyLFS(t, func(t *testing.T, g gitClient, lfs string) {
		s, server, l, work, refreshes := largeRepository(t, g, lfs)
		puts := 0
		server.mu.Lock()
		server.before = func(r *http.Request) {
			if r.Method == http.MethodPut {
				puts++
			}
			if puts == largeFiles/2 {
				server.revoked[server.last], server.before = true, nil
			}
		}
		server.mu.Unlock()
		g.must(s, "-C", work, "lfs", "push", "origin", "main")
		l.wantObjects(t, largeFiles)
		_, refused := server.counts()
		t.Logf("%d requests refused, %d refreshes", refused, refreshes())
		if refused == 0 || refused > largeFiles || refreshes() != 1 {
			t.Errorf("%d requests refused, %d refreshes; want 1 to %d, and 1", refused, refreshes(), largeFiles)
		}
	})
}

// Where the server takes no token at all, git-lfs must come to an end, and so must the refreshes.
func TestGitLFSEndsWhereEveryTokenIsRefused(t *testing.T) {
	t.Parallel()
	everyLFS(t, func(t *testing.T, g gitClient, lfs string) {
		s, server, l, work, refreshes := largeRepository(t, g, lfs)
		server.mu.Lock()
		server.accepts = func(string, string) bool { return false }
		server.mu.Unlock()
		r := g.run(s, "-C", work, "lfs", "push", "origin", "main")
		_, refused := server.counts()
		t.Logf("exit %d, %d requests refused, %d refreshes: %s", r.code, refused, refreshes(), r.stderr)
		if r.code == 0 || r.stdout+r.stderr == "" {
			t.Errorf("git lfs push: exit %d: %s%s", r.code, r.stdout, r.stderr)
		}
		if refused > 50 || refreshes() > 3 {
			t.Errorf("%d requests refused, %d refreshes", refused, refreshes())
		}
		l.wantObjects(t, 0)
	})
}
