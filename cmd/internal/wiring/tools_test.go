//go:build unix

package wiring

import (
	"io"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sesame-auth/sesame/cmd/internal/programs"
)

// The whole way: a person sets git up, and clones what only a token opens.
func TestAPrivateRepositoryIsClonedAfterSetup(t *testing.T) {
	programs.Need(t, "git", "git")
	bin, remove, err := programs.Build()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(remove)
	for name, inPath := range map[string]bool{"by its name": true, "by its path": false} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			if err := os.RemoveAll(b.programs); err != nil {
				t.Fatal(err)
			}
			if inPath {
				t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
			}
			t.Setenv("SESAME_STATE_DIR", filepath.Join(b.home, "state"))
			t.Setenv("SESAME_CONFIG", b.write("config.toml", "", 0o600))
			url := b.serve("me", "the-token")
			b.write("config.toml", "[[route]]\nmatch = \""+url+"\"\nprovider = \"static\"\nusername = \"me\"\n"+
				"options = { secret_file = \""+b.write("secret", "the-token\n", 0o600)+"\" }\n", 0o600)
			b.write(".gitconfig", "[user]\n\tname = me\n", 0o600)
			m := Git{Programs: bin, Hosts: []string{url}, Only: true}
			b.change(m)
			b.git("", "clone", "--quiet", url+"/private.git", "cloned")
			if got := b.text("cloned/file"); got != "private\n" {
				t.Errorf("cloned %q", got)
			}
			b.undo(m)
			if got := b.text(".gitconfig"); got != "[user]\n\tname = me\n" {
				t.Errorf("after undo: %q", got)
			}
		})
	}
}

// serve serves a repository with one file to whoever has the token, and returns its server's URL.
func (b *bench) serve(username, token string) string {
	b.t.Helper()
	b.git("", "init", "--quiet", "work")
	b.write("work/file", "private\n", 0o600)
	b.git("", "-C", "work", "add", "file")
	b.git("", "-C", "work", "-c", "user.name=a", "-c", "user.email=a@test.invalid", "commit", "--quiet", "-m", "a")
	b.git("", "clone", "--quiet", "--bare", "work", "served/private.git")
	path, err := exec.LookPath("git")
	if err != nil {
		b.t.Fatal(err)
	}
	backend := &cgi.Handler{
		Path: path, Args: []string{"http-backend"}, Root: "/", Stderr: io.Discard,
		Env: []string{"GIT_PROJECT_ROOT=" + b.home + "/served", "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_NOSYSTEM=1"},
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if u, p, _ := r.BasicAuth(); u != username || p != token {
			w.Header().Set("WWW-Authenticate", `Basic realm="git"`)
			http.Error(w, "a token is needed", http.StatusUnauthorized)
			return
		}
		backend.ServeHTTP(w, r)
	}))
	b.t.Cleanup(server.Close)
	return server.URL
}

// docker reads the file, asks sesame, and writes the file anew in its own way; and undo still takes
// no more than what is ours.
func TestDockerReadsTheFileAndUndoStandsWhatItWrites(t *testing.T) {
	programs.Need(t, "docker", "docker-cli (before Debian 13: docker.io)")
	b := newBench(t)
	asked := filepath.Join(b.home, "asked")
	b.write("bin/docker-credential-sesame", "#!/bin/sh\n{ echo \"$1\"; cat; echo; } >> '"+asked+"'\n", 0o755)
	path := b.write(".docker/config.json", `{"auths": {"r.test": {}, "s.test": {}}, "psFormat": "x", "unknown": {"b": 1}}`, 0o600)
	for _, m := range []maker{Docker{Programs: b.programs}, Docker{Programs: b.programs, Registries: []string{"s.test"}}} {
		b.change(m)
	}
	for _, registry := range []string{"r.test", "s.test"} {
		command := exec.CommandContext(t.Context(), "docker", "logout", registry)
		if out, err := command.CombinedOutput(); err != nil {
			t.Fatalf("docker logout: %v\n%s", err, out)
		}
	}
	if got, _ := read(t, asked); !strings.Contains(got, "erase\nr.test") || !strings.Contains(got, "erase\ns.test") {
		t.Errorf("docker asked %q", got)
	}
	rewritten, _ := read(t, path)
	if !strings.Contains(rewritten, "{\n\t\"") {
		t.Fatalf("docker did not write its file anew: %q", rewritten)
	}
	b.undo(Docker{Programs: b.programs})
	got, _ := read(t, path)
	if strings.Contains(got, "sesame") || strings.Contains(got, "cred") || !strings.Contains(got, `"psFormat": "x"`) {
		t.Errorf("after undo: %q", got)
	}
}
