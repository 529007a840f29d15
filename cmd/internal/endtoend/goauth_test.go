package endtoend_test

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sesame-auth/sesame/cmd/internal/programs"
)

// serveModule has a server be a proxy of Go modules as well, with one module, for those who have a token
// (Go Modules Reference, "GOPROXY protocol").
func serveModule(t *testing.T, server *gitServer) {
	t.Helper()
	const mod = "module private.test/m\n\ngo 1.21\n"
	var archive bytes.Buffer
	z := zip.NewWriter(&archive)
	for name, content := range map[string]string{"go.mod": mod, "m.go": "package m\n"} {
		w, err := z.Create("private.test/m@v1.0.0/" + name)
		if err == nil {
			_, err = io.WriteString(w, content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		"list": "v1.0.0\n", "v1.0.0.info": `{"Version":"v1.0.0"}`, "v1.0.0.mod": mod, "v1.0.0.zip": archive.String(),
	} {
		server.mux.Handle("/private.test/m/@v/"+name, server.guard(http.HandlerFunc(
			func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, content) })))
	}
}

// The go command asks git, which asks sesame, for a private proxy's password. It reads what is printed to stderr as
// part of the answer.
func TestGoFetchesAModuleWithAKeptPassword(t *testing.T) {
	t.Parallel()
	programs.Need(t, "go", "golang")
	everyGit(t, func(t *testing.T, g gitClient) {
		server, authority := newTLSGitServer(t, only("me", "password"))
		serveModule(t, server)
		s := g.sandbox(t)
		keepEverything(s)
		s.env["GOPROXY"], s.env["GOAUTH"], s.env["SSL_CERT_FILE"] = server.url, "git "+s.home, authority
		s.env["GONOSUMDB"], s.env["GOFLAGS"], s.env["GOTOOLCHAIN"] = "private.test", "-mod=mod -modcacherw", "local"
		s.env["GOMODCACHE"], s.env["GOPATH"] = filepath.Join(s.home, "modules"), filepath.Join(s.home, "go")
		s.env["GOENV"], s.env["GONOPROXY"], s.env["GOPRIVATE"] = "off", "none", ""
		s.write("project/go.mod", "module project.test\n\ngo 1.21\n")
		fetch := func() result {
			return s.runIn(filepath.Join(s.home, "project"), strings.NewReader(""), "go", "mod", "download", "-json", "private.test/m@v1.0.0")
		}
		if r := fetch(); r.code == 0 {
			t.Fatal("go reached the proxy without a password, so this test would prove nothing")
		}
		checkLogin(s, s.run("password", "sesame", "login", "--username", "me", server.url))
		if r := fetch(); r.code != 0 || !strings.Contains(r.stdout, "private.test/m@v1.0.0") {
			t.Fatalf("go mod download: exit %d: %s%s", r.code, r.stdout, r.stderr)
		}
		if _, refused := server.counts(); refused != 0 {
			t.Errorf("%d requests were refused", refused)
		}
		if out := s.must("sesame", "token", server.url); out != "password\n" {
			t.Errorf("sesame token: %q", out) // go stores what has worked
		}
	})
}
