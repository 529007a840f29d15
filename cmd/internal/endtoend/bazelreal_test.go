//go:build bazelreal

package endtoend_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/providers/pyx/pyxtest"
)

// actions is how many actions the build has. Each asks the cache, and fills it.
const actions = 8

// realBazel is a workspace in a system that has Bazel, which this machine need not have.
type realBazel struct {
	t    *testing.T
	root string // of the system
	dir  string // the test's own, as the system sees it
	env  []string
}

// newRealBazel makes a workspace for a remote cache and an issuer, whose login has a token with
// left to live.
func newRealBazel(t *testing.T, pyx *pyxtest.Server, left time.Duration) *realBazel {
	t.Helper()
	root := os.Getenv("SESAME_TEST_BAZEL_ROOT")
	if root == "" {
		t.Fatal("SESAME_TEST_BAZEL_ROOT names no system with Bazel; type: task bazel-real")
	}
	dir, err := os.MkdirTemp(filepath.Join(root, "tmp"), "sesame-")
	if err != nil {
		t.Fatal(err)
	}
	b := &realBazel{t: t, root: root, dir: strings.TrimPrefix(dir, root)}
	t.Cleanup(func() {
		_, _ = b.bazel("shutdown")
		_ = os.RemoveAll(dir)
	})
	b.env = []string{
		"HOME=" + b.dir, "PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8",
		"PYX_API_URL=" + pyx.URL, "PYX_CREDENTIALS_DIR=" + b.dir + "/uv",
	}
	if _, err := pyx.LoginWithLeft(dir+"/uv", left); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(dir+"/bin", os.DirFS(bin)); err != nil {
		t.Fatal(err)
	}
	b.write("w/WORKSPACE", "", 0o644)
	b.write("w/MODULE.bazel", "", 0o644)
	b.write("w/BUILD", fmt.Sprintf(
		`[genrule(name = "g%%d" %% i, outs = ["o%%d" %% i], cmd = "sleep 1; echo %%d > $@" %% i) for i in range(%d)]`+"\n",
		actions), 0o644)
	// Bazel starts this, and it counts.
	b.write("w/helper", "#!/bin/sh\necho \"$1\" >>"+b.dir+"/calls\nexec "+b.dir+"/bin/"+bazelFront+" \"$@\"\n", 0o755)
	return b
}

func (b *realBazel) write(name, content string, mode os.FileMode) {
	b.t.Helper()
	path := b.root + filepath.Join(b.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		b.t.Fatal(err)
	}
}

// build builds everything with the remote cache at url, one action at a time.
func (b *realBazel) build(url string) {
	b.t.Helper()
	out, err := b.bazel("build", "--noenable_bzlmod", "--enable_workspace", "--jobs=1",
		"--spawn_strategy=local", "--remote_cache="+url, "--credential_helper=%workspace%/helper", "//:all")
	if err != nil {
		b.t.Fatalf("bazel build: %v\n%s", err, out)
	}
	if bytes.Contains(out, []byte("WARNING: Remote Cache")) {
		b.t.Errorf("bazel had trouble with its cache:\n%s", out)
	}
}

// bazel runs Bazel in the system. Its /proc is of a mount namespace, and goes away with that.
func (b *realBazel) bazel(args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	script := `root=$1 workspace=$2; shift 2; mount -t proc proc "$root/proc" &&
		exec chroot "$root" sh -c 'cd "$0" && exec "$@"' "$workspace" "$@"`
	line := []string{"--mount", "sh", "-c", script, "sh", b.root, b.dir + "/w", "env", "-i"}
	line = append(line, b.env...)
	line = append(line, "bazel", "--output_user_root="+b.dir+"/out")
	return exec.CommandContext(ctx, "unshare", append(line, args...)...).CombinedOutput()
}

// calls returns how often Bazel has asked.
func (b *realBazel) calls() int {
	content, err := os.ReadFile(b.root + b.dir + "/calls")
	if err != nil {
		b.t.Fatal(err)
	}
	return strings.Count(string(content), "get\n")
}

// A cache is a remote cache over HTTP for those who have a token of the issuer, which is on
// the same origin.
type cache struct {
	url     string
	mu      sync.Mutex
	blobs   map[string][]byte
	served  int
	refused int
}

func newCache(t *testing.T, config pyxtest.Config) (*cache, *pyxtest.Server) {
	t.Helper()
	pyx := pyxtest.New(config)
	t.Cleanup(pyx.Close)
	issuer, err := url.Parse(pyx.URL)
	if err != nil {
		t.Fatal(err)
	}
	c := &cache{blobs: map[string][]byte{}}
	mux := http.NewServeMux()
	mux.Handle("/auth/", httputil.NewSingleHostReverseProxy(issuer))
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { c.serve(w, r, pyx) })
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	c.url, pyx.URL = server.URL, server.URL
	return c, pyx
}

func (c *cache) serve(w http.ResponseWriter, r *http.Request, pyx *pyxtest.Server) {
	body, err := io.ReadAll(r.Body)
	token, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	c.mu.Lock()
	defer c.mu.Unlock()
	blob, found := c.blobs[r.URL.Path]
	switch {
	case err != nil:
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	case !bearer || !pyx.Accepts(token):
		c.refused++
		http.Error(w, "a token is needed", http.StatusUnauthorized)
		return
	case r.Method == http.MethodPut:
		c.blobs[r.URL.Path] = body
	case !found:
		http.NotFound(w, r)
	default:
		_, _ = w.Write(blob)
	}
	c.served++
}

func (c *cache) counts() (served, refused int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.served, c.refused
}

// The main job for Bazel, which keeps what it is told until that expires: it asks once, and every
// request to the cache has the token.
func TestRealBazelAsksOnceAndSendsTheTokenEverywhere(t *testing.T) {
	cache, pyx := newCache(t, pyxtest.Config{})
	b := newRealBazel(t, pyx, -time.Minute) // expired: the first request refreshes it
	b.build(cache.url)
	served, refused := cache.counts()
	t.Logf("%d calls, %d requests with the token, %d without a good one", b.calls(), served, refused)
	if b.calls() != 1 || served < 2*actions || refused != 0 {
		t.Errorf("want 1 call, at least %d requests, none refused", 2*actions)
	}
	wantRefreshes(t, pyx, 1)
}

// Tokens that live shorter than the build: Bazel is told when each ends, asks again, and gets
// another.
func TestRealBazelGetsAnotherTokenWhenOneExpires(t *testing.T) {
	cache, pyx := newCache(t, pyxtest.Config{Lifetime: 4 * time.Second})
	b := newRealBazel(t, pyx, 4*time.Second)
	b.build(cache.url)
	served, refused := cache.counts()
	t.Logf("%d calls, %d refreshes, %d requests with the token, %d without a good one",
		b.calls(), pyx.Counts().Refreshes, served, refused)
	if b.calls() < 2 || pyx.Counts().Refreshes < 1 || pyx.Counts().Reuses != 0 {
		t.Error("want at least 2 calls, 1 refresh, and no spent refresh token sent")
	}
}

// A Bazel that is started anew knows nothing, and asks. The stored token is good enough.
func TestRealBazelIsServedFromTheStoreAfterARestart(t *testing.T) {
	cache, pyx := newCache(t, pyxtest.Config{})
	b := newRealBazel(t, pyx, time.Hour)
	b.build(cache.url)
	if out, err := b.bazel("shutdown"); err != nil {
		t.Fatalf("bazel shutdown: %v\n%s", err, out)
	}
	b.build(cache.url)
	if _, refused := cache.counts(); b.calls() != 2 || refused != 0 {
		t.Errorf("%d calls, %d requests refused; want 2, and none", b.calls(), refused)
	}
	wantRefreshes(t, pyx, 0)
}
