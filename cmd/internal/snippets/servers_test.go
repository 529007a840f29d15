//go:build linux

package snippets

import (
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"net/http/cgi"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/providers/oauth2/oauth2test"
)

// good are the tokens that servers accept: the one of this test, and the one that the README has its reader write.
var good = []string{token, "YOUR-TOKEN"}

// guard lets nobody pass who has no token that is good.
func guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, sent, _ := r.BasicAuth()
		if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
			sent = bearer
		}
		if !slices.Contains(good, sent) {
			w.Header().Set("WWW-Authenticate", `Basic realm="a token is needed"`)
			http.Error(w, "a token is needed", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}

var gitRequest = regexp.MustCompile(`^/.*?(/info/refs|/git-upload-pack)$`)

// gitServer serves one repository, by any name, to whoever has a token.
func gitServer(t *testing.T) http.Handler {
	t.Helper()
	dir := t.TempDir()
	environ := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "GIT_CONFIG_NOSYSTEM=1"}
	for _, args := range [][]string{
		{"init", "-q", dir + "/work"},
		{"-C", dir + "/work", "-c", "user.name=A", "-c", "user.email=a@test.invalid", "commit", "-q", "--allow-empty", "-m", "first"},
		{"clone", "-q", "--bare", dir + "/work", dir + "/r.git"},
	} {
		cmd := exec.Command("git", args...)
		cmd.Env = environ
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v: %s", args, err, out)
		}
	}
	git, err := exec.LookPath("git")
	if err != nil {
		t.Fatal(err)
	}
	backend := &cgi.Handler{
		Path: git, Args: []string{"http-backend"}, Root: "/", Stderr: io.Discard,
		Env: append(environ[1:], "GIT_PROJECT_ROOT="+dir, "GIT_HTTP_EXPORT_ALL=1"),
	}
	return guard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !gitRequest.MatchString(r.URL.Path) {
			http.NotFound(w, r)
			return
		}
		r.URL.Path = gitRequest.ReplaceAllString(r.URL.Path, "/r.git$1")
		backend.ServeHTTP(w, r)
	}))
}

// registry has one image, under any name, for whoever has a token (OCI Distribution Specification, section "Pull").
func registry() http.Handler {
	const kind = "application/vnd.docker.distribution.manifest.v2+json"
	layer := `an empty layer`
	config := `{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":["` + digest(layer) + `"]}}`
	descriptor := func(kind, content string) string {
		return fmt.Sprintf(`{"mediaType":%q,"size":%d,"digest":%q}`, kind, len(content), digest(content))
	}
	manifest := `{"schemaVersion":2,"mediaType":"` + kind + `","config":` +
		descriptor("application/vnd.docker.container.image.v1+json", config) + `,"layers":[` +
		descriptor("application/vnd.docker.image.rootfs.diff.tar", layer) + `]}`
	return guard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.Contains(r.URL.Path, "/manifests/"):
			w.Header().Set("Content-Type", kind)
			w.Header().Set("Docker-Content-Digest", digest(manifest))
			io.WriteString(w, manifest)
		case strings.HasSuffix(r.URL.Path, "/blobs/"+digest(config)):
			io.WriteString(w, config)
		case r.URL.Path != "/v2/":
			http.NotFound(w, r)
		}
	}))
}

func digest(content string) string { return fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(content))) }

// An issuer is an authorization server that knows one client by every name that a page gives it.
type issuer struct{ *oauth2test.Server }

func newIssuer(t *testing.T, origin, secret string) issuer {
	t.Helper()
	i := issuer{oauth2test.New(oauth2test.Config{URL: origin, Secret: secret, Interval: time.Second})}
	t.Cleanup(i.Close)
	return i
}

func (i issuer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	form, formErr := url.ParseQuery(string(body))
	if err != nil || formErr != nil {
		http.Error(w, "not a form", http.StatusBadRequest)
		return
	}
	if form.Get("client_id") != "" {
		form.Set("client_id", oauth2test.ClientID)
	}
	if _, secret, ok := r.BasicAuth(); ok {
		r.SetBasicAuth(oauth2test.ClientID, secret)
	}
	r.Body, r.ContentLength = io.NopCloser(strings.NewReader(form.Encode())), -1
	i.Server.ServeHTTP(w, r)
}

// writeFile writes a file that only its owner can read or, with x, start.
func writeFile(t *testing.T, path, content string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
}
