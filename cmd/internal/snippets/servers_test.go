//go:build linux

package snippets

import (
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/cmd/internal/loopback"
	"github.com/sesame-auth/sesame/providers/oauth2/oauth2test"
)

// good are the tokens that servers accept: the one of this test, and the one that the README has its reader write.
var good = []string{token, "YOUR-TOKEN"}

// guard lets nobody pass who has no token that is good.
func guard(next http.Handler) http.Handler {
	return loopback.Guard(next, func(token string) bool { return slices.Contains(good, token) })
}

var gitRequest = regexp.MustCompile(`^/.*?(/info/refs|/git-upload-pack)$`)

// gitServer serves one repository, by any name, to whoever has a token.
func gitServer(t *testing.T) http.Handler {
	t.Helper()
	dir := t.TempDir()
	if err := loopback.NewRepository(dir, "r.git"); err != nil {
		t.Fatal(err)
	}
	backend, err := loopback.Git(dir)
	if err != nil {
		t.Fatal(err)
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
