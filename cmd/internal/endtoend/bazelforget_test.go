//go:build bazelreal

package endtoend_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/providers/pyx/pyxtest"
)

// A gate stands before a cache, and refuses the tokens that it has let through so far, once it is told to.
type gate struct {
	url string

	mu      sync.Mutex
	seen    map[string]bool
	closed  map[string]bool
	refused int
}

// newGate puts a gate before the cache and its issuer.
func newGate(t *testing.T, c *cache, pyx *pyxtest.Server) *gate {
	t.Helper()
	behind, err := url.Parse(c.url)
	if err != nil {
		t.Fatal(err)
	}
	g := &gate{seen: map[string]bool{}}
	proxy := httputil.NewSingleHostReverseProxy(behind)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if g.refuses(r.Header.Get("Authorization")) {
			http.Error(w, "the token was revoked", http.StatusUnauthorized)
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	g.url, pyx.URL = server.URL, server.URL
	return g
}

func (g *gate) refuses(token string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed[token] {
		g.refused++
		return true
	}
	g.seen[token] = true
	return false
}

// revoke refuses all tokens that were good so far.
func (g *gate) revoke() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed, g.seen = g.seen, map[string]bool{}
}

func (g *gate) count() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.refused
}

// Since Bazel asks again at once where a cache refuses a token, it is enough to make sesame forget it: the next
// build goes on with another, and no server has to be shut down.
func TestRealBazelGoesOnWithAnotherTokenAfterForget(t *testing.T) {
	cache, pyx := newCache(t, pyxtest.Config{})
	gate := newGate(t, cache, pyx)
	b := keepBazel(t, newRealBazel(t, pyx, time.Hour))
	remote := "--remote_cache=" + gate.url
	if out, err := b.build(remote); err != nil {
		t.Fatalf("bazel build: %v\n%s", err, out)
	}
	gate.revoke()
	if out, err := b.build(remote); err != nil || !bytes.Contains(out, []byte("401 Unauthorized")) {
		t.Errorf("with a revoked token: %v; want a build without the cache, and a warning\n%s", err, out)
	}
	wantRefreshes(t, pyx, 0)
	before := gate.count()
	if out, err := b.inside(b.dir+"/bin/sesame", "forget", gate.url); err != nil {
		t.Fatalf("sesame forget: %v\n%s", err, out)
	}
	if out, err := b.build(remote); err != nil || bytes.Contains(out, []byte("401 Unauthorized")) {
		t.Errorf("after sesame forget: %v\n%s", err, out)
	}
	after := gate.count() - before
	t.Logf("%d requests refused before sesame forget, %d after; Bazel asked %d times", before, after, b.calls())
	if before <= actions || after != 1 {
		t.Errorf("%d requests were refused before sesame forget, %d after; want many, and the first", before, after)
	}
	wantRefreshes(t, pyx, 1)
}
