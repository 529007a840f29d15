package endtoend_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// chain has git ask these programs, in this order.
func chain(s *sandbox, helpers ...string) {
	s.t.Helper()
	var config strings.Builder
	config.WriteString("[init]\n\tdefaultBranch = main\n[credential]\n")
	for _, helper := range helpers {
		config.WriteString("\thelper = " + helper + "\n")
	}
	s.write(".gitconfig", config.String())
}

// gitStore returns a helper that is git's own store in a file that holds these URLs.
func gitStore(t *testing.T, urls ...string) (helper, file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "credentials")
	writeFile(t, file, []byte(strings.Join(append(urls, ""), "\n")))
	return "store --file=" + file, file
}

// People have another program in their list already, which holds something old. Whether it is asked before
// or after sesame, git gets through, and what sesame has is neither lost nor replaced.
func TestGitWorksBesideAnotherProgramsOldPassword(t *testing.T) {
	t.Parallel()
	for _, position := range []string{"before", "after"} {
		t.Run(position, func(t *testing.T) {
			t.Parallel()
			everyGit(t, func(t *testing.T, g gitClient) {
				server := newGitServer(t, only("me", "password"), nil)
				s := g.sandbox(t)
				keepEverything(s)
				repository(s, server, "r.git")
				approve(s, g, server.url, "me", "password")
				other, file := gitStore(t, typed(server.url, "me:old"))
				helpers := []string{other, "sesame"}
				if position == "after" {
					helpers = []string{"sesame", other}
				}
				chain(s, helpers...)
				wrong := 0
				for range 3 {
					if r := g.run(s, "ls-remote", server.url+"/r.git"); r.code != 0 {
						wrong++
					}
				}
				// A program that is asked before sesame makes git fail, once: then it has erased what it had.
				if position == "before" && wrong != 1 || position == "after" && wrong != 0 {
					t.Errorf("%d commands failed", wrong)
				}
				if out := s.must("sesame", "token", server.url); out != "password\n" {
					t.Errorf("sesame token: %q", out)
				}
				if content, err := os.ReadFile(file); err != nil || !strings.Contains(string(content), "me:password@") {
					t.Errorf("the other program was not told the good password: %v", err)
				}
			})
		})
	}
}

// spy is a helper that has nothing, and counts how often it is asked.
func spy(s *sandbox) (helper string, asked func() int) {
	s.t.Helper()
	count := filepath.Join(s.home, "asked")
	return `"!f() { test $1 = get && echo asked >>` + count + `; }; f"`, func() int {
		content, _ := os.ReadFile(count)
		return strings.Count(string(content), "asked\n")
	}
}

// Where the route is the only authority, git must not go on to ask whoever else is in the list, or a person
// who types a password for the wrong place.
func TestGitAsksNobodyElseWhereTheRouteIsExclusive(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, exclusive string
		asked           int
	}{
		{"exclusive", "exclusive = true\n", 0},
		{"not exclusive", "", 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			everyGit(t, func(t *testing.T, g gitClient) {
				server := newGitServer(t, only("me", "password"), nil)
				s := g.sandbox(t)
				s.configure("[[route]]\nmatch = \"" + server.url + "\"\nprovider = \"static\"\n" + test.exclusive)
				repository(s, server, "r.git")
				helper, asked := spy(s)
				chain(s, "sesame", helper)
				r := g.run(s, "ls-remote", server.url+"/r.git")
				if r.code == 0 || asked() != test.asked {
					t.Errorf("exit %d, the other program was asked %d times, want %d; %s", r.code, asked(), test.asked, r.stderr)
				}
				if quit := strings.Contains(r.stderr, "told us to quit"); quit != (test.exclusive != "") {
					t.Errorf("git says: %s", r.stderr)
				}
				approve(s, g, server.url, "me", "password")
				g.must(s, "ls-remote", server.url+"/r.git")
			})
		})
	}
}

// A host may have a token for each of its teams. Git tells the path only where it is set up to; without
// it no team's token may be handed out for another's.
func TestGitIsGivenTheTokenOfThePath(t *testing.T) {
	t.Parallel()
	everyGit(t, func(t *testing.T, g gitClient) {
		server := newGitServer(t, nil, nil)
		team := ""
		server.accepts = func(u, p string) bool { return u == team && p == team+"'s" }
		server.before = func(r *http.Request) { team, _, _ = strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/") }
		s := g.sandbox(t)
		s.configure("[[route]]\nmatch = \"" + server.url + "/a\"\nprovider = \"static\"\n" +
			"username = \"a\"\noptions = { secret = \"a's\" }\n" +
			"[[route]]\nmatch = \"" + server.url + "/b\"\nprovider = \"static\"\n") // keeps what is handed in
		for _, team := range []string{"a", "b"} {
			if err := os.Mkdir(filepath.Join(server.root, team), 0o700); err != nil {
				t.Fatal(err)
			}
			repository(s, server, team+"/r.git")
		}
		if r := g.run(s, "ls-remote", server.url+"/a/r.git"); r.code == 0 {
			t.Error("git was given a path's token without having told the path")
		}
		g.must(s, "config", "--global", "credential.useHttpPath", "true")
		g.must(s, "ls-remote", typed(server.url, "b:b's")+"/b/r.git")
		for _, team := range []string{"a", "b"} {
			g.must(s, "ls-remote", server.url+"/"+team+"/r.git")
		}
		if _, refused := server.counts(); refused != 0 {
			t.Errorf("%d requests had the token of another path", refused)
		}
	})
}
