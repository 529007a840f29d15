package endtoend_test

import (
	"strings"
	"testing"
)

// keepEverything has sesame keep what tools hand in, for every host.
func keepEverything(s *sandbox) { s.configure("[[route]]\nmatch = \"*\"\nprovider = \"static\"\n") }

// approve hands a password to git's programs, as git does with one that a server took.
func approve(s *sandbox, g gitClient, serverURL, username, password string) {
	s.t.Helper()
	scheme, host, _ := strings.Cut(serverURL, "://")
	r := s.run("protocol="+scheme+"\nhost="+host+"\nusername="+username+"\npassword="+password+"\n", g.path, "credential", "approve")
	if r.code != 0 || r.stderr != "" {
		s.t.Fatalf("git credential approve: exit %d: %s", r.code, r.stderr)
	}
}

// typed returns the server's URL as people type it once.
func typed(serverURL, account string) string {
	return strings.Replace(serverURL, "://", "://"+account+"@", 1)
}

// The ways in which a token comes into sesame's hands. After each of them git works, as if it had
// never been without.
func TestGitWorksWithWhatWasHandedInOnce(t *testing.T) {
	t.Parallel()
	const strange = `p "w' =ü&%<>`
	tests := []struct {
		name             string
		username, secret string
		in               func(s *sandbox, g gitClient, url string)
	}{
		{"a password that was typed into the URL", "me", "password", func(s *sandbox, g gitClient, url string) {
			g.must(s, "ls-remote", typed(url, "me:password")+"/first.git")
		}},
		{"a password that git was told to keep", "me", strange, func(s *sandbox, g gitClient, url string) {
			approve(s, g, url, "me", strange)
		}},
		{"a password of sesame login", "me", "password", func(s *sandbox, _ gitClient, url string) {
			checkLogin(s, s.run("password\n", "sesame", "login", "--username", "me", url))
		}},
		{"a bare token of sesame login", "", "bare-token", func(s *sandbox, _ gitClient, url string) {
			checkLogin(s, s.run("bare-token\n", "sesame", "login", url))
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			everyGit(t, func(t *testing.T, g gitClient) {
				accepts := only(test.username, test.secret)
				if test.username == "" {
					accepts = bearerOrPassword(test.secret)
				}
				server := newGitServer(t, accepts, nil)
				s := g.sandbox(t)
				keepEverything(s)
				repository(s, server, "first.git")
				test.in(s, g, server.url)
				cloneFetchPush(s, g, server)
			})
		})
	}
}

func checkLogin(s *sandbox, r result) {
	s.t.Helper()
	if r.code != 0 || r.stdout != "" {
		s.t.Fatalf("sesame login: exit %d: %s%s", r.code, r.stdout, r.stderr)
	}
}

// Most servers take a token as a password and in no other form, and git cannot push more than a MiB with a token in any
// other. A person who hands in a bare token knows neither.
func TestGitPushesAnySizeWithABareTokenOfLogin(t *testing.T) {
	t.Parallel()
	everyGit(t, func(t *testing.T, g gitClient) {
		server := newGitServer(t, func(u, p string) bool { return u != "" && p == "bare-token" }, nil)
		s := g.sandbox(t)
		keepEverything(s)
		repository(s, server, "r.git")
		checkLogin(s, s.run("bare-token\n", "sesame", "login", server.url))
		work := clone(s, g, server.url+"/r.git")
		commitFile(s, g, work, 2<<20)
		g.must(s, "-C", work, "push", "-q", "origin", "HEAD")
		if _, refused := server.counts(); refused != 0 {
			t.Errorf("%d requests were refused", refused)
		}
	})
}

// A password that was changed is of no use to anybody: each command that sends it again may lock the account.
func TestAKeptPasswordThatIsRefusedIsNotHandedOutAgain(t *testing.T) {
	t.Parallel()
	everyGit(t, func(t *testing.T, g gitClient) {
		server := newGitServer(t, only("me", "first"), nil)
		s := g.sandbox(t)
		keepEverything(s)
		repository(s, server, "r.git")
		g.must(s, "ls-remote", typed(server.url, "me:first")+"/r.git")
		server.mu.Lock()
		server.accepts = only("me", "second")
		server.mu.Unlock()
		for range 3 {
			if r := g.run(s, "ls-remote", server.url+"/r.git"); r.code == 0 {
				t.Fatal("git reached the server with an old password")
			}
		}
		if _, refused := server.counts(); refused != 1 {
			t.Errorf("the old password was sent %d times, want once", refused)
		}
		g.must(s, "ls-remote", typed(server.url, "me:second")+"/r.git")
		g.must(s, "ls-remote", server.url+"/r.git")
	})
}

// A person who mistypes a password once more has not lost the one that is good.
func TestARefusedPasswordLeavesTheOneThatIsKept(t *testing.T) {
	t.Parallel()
	everyGit(t, func(t *testing.T, g gitClient) {
		server := newGitServer(t, only("me", "password"), nil)
		s := g.sandbox(t)
		keepEverything(s)
		repository(s, server, "r.git")
		g.must(s, "ls-remote", typed(server.url, "me:password")+"/r.git")
		if r := g.run(s, "ls-remote", typed(server.url, "me:mistyped")+"/r.git"); r.code == 0 {
			t.Fatal("git reached the server with a password that is not good")
		}
		g.must(s, "ls-remote", server.url+"/r.git")
	})
}

// Two accounts of one host are kept beside one another. Git names the one that it wants.
func TestGitHasTwoAccountsOfOneHost(t *testing.T) {
	t.Parallel()
	everyGit(t, func(t *testing.T, g gitClient) {
		server := newGitServer(t, func(u, p string) bool { return p == u+"'s" }, nil)
		s := g.sandbox(t)
		keepEverything(s)
		repository(s, server, "r.git")
		for _, account := range []string{"me", "robot"} {
			g.must(s, "ls-remote", typed(server.url, account+":"+account+"'s")+"/r.git")
		}
		for _, account := range []string{"me", "robot"} {
			g.must(s, "ls-remote", typed(server.url, account)+"/r.git")
			if last := server.lastServed(); last != account+"'s" {
				t.Errorf("%s was given %q", account, last)
			}
		}
		s.must("sesame", "logout", server.url)
		if r := g.run(s, "ls-remote", server.url+"/r.git"); r.code == 0 {
			t.Error("git reached the server after a logout")
		}
	})
}
