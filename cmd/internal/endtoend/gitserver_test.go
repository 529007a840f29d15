package endtoend_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/sesame-auth/sesame/cmd/internal/programs"
	"github.com/sesame-auth/sesame/providers/pyx/pyxtest"
)

// loop is how many requests no test makes of a server, unless a tool asks without end.
const loop = 2000

// A gitServer serves the repositories in a directory to those who have a token.
type gitServer struct {
	url     string
	root    string
	mux     *http.ServeMux // for what there is beside git
	accepts func(username, token string) bool
	offers  string // the challenge

	mu      sync.Mutex
	before  func(*http.Request) // runs before each request is judged, if it is not nil
	revoked map[string]bool
	last    string // the token of the last request that was served
	asked   int    // requests of any kind
	served  int
	refused int // requests with a token that is not good
}

// newGitServer starts a server without repositories. A handler for /auth/ may be nil.
func newGitServer(t *testing.T, accepts func(username, token string) bool, auth http.Handler) *gitServer {
	t.Helper()
	s := unstartedGitServer(t, accepts)
	if auth != nil {
		s.mux.Handle("/auth/", auth)
	}
	server := httptest.NewServer(s.mux)
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

// unstartedGitServer makes a server that listens nowhere.
func unstartedGitServer(t *testing.T, accepts func(username, token string) bool) *gitServer {
	t.Helper()
	programs.Need(t, "git", "git")
	s := &gitServer{
		root: t.TempDir(), mux: http.NewServeMux(), accepts: accepts,
		offers: `Basic realm="git"`, revoked: map[string]bool{},
	}
	git, err := exec.LookPath("git")
	if err != nil {
		t.Fatal(err)
	}
	backend := &cgi.Handler{
		Path: git, Args: []string{"http-backend"}, Root: "/",
		Env: []string{
			"GIT_PROJECT_ROOT=" + s.root, "GIT_HTTP_EXPORT_ALL=1", "REMOTE_USER=tester",
			"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + s.root + "/none",
		},
		Stderr: io.Discard,
	}
	s.mux.Handle("/", s.guard(whole(backend)))
	t.Cleanup(func() {
		if asked := s.requests(); asked > loop {
			t.Errorf("the server was asked %d times: some tool asks without end", asked)
		}
	})
	return s
}

// newPyxGitServer starts an issuer, and a git server on the issuer's own origin: pyx gives
// its tokens to no other.
func newPyxGitServer(t *testing.T, config pyxtest.Config) (*gitServer, *pyxtest.Server) {
	t.Helper()
	pyx := pyxtest.New(config)
	t.Cleanup(pyx.Close)
	issuer, err := url.Parse(pyx.URL)
	if err != nil {
		t.Fatal(err)
	}
	accepts := func(_, token string) bool { return pyx.Accepts(token) }
	s := newGitServer(t, accepts, httputil.NewSingleHostReverseProxy(issuer))
	pyx.URL = s.url // where its logins are for, from now on
	return s, pyx
}

// guard lets requests pass that have a token. It answers what would go on without end with an error that
// no tool tries again.
func (s *gitServer) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch s.judge(r) {
		case http.StatusForbidden:
			http.Error(w, "you ask without end", http.StatusForbidden)
		case http.StatusUnauthorized:
			w.Header().Set("WWW-Authenticate", s.offers)
			http.Error(w, "a token is needed", http.StatusUnauthorized)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// judge returns the status of a request.
func (s *gitServer) judge(r *http.Request) int {
	username, token, sent := r.BasicAuth()
	if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		username, token, sent = "", bearer, true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.before != nil {
		s.before(r)
	}
	s.asked++
	switch {
	case s.asked > loop:
		return http.StatusForbidden
	case !sent:
		return http.StatusUnauthorized
	case s.revoked[token] || !s.accepts(username, token):
		s.refused++
		return http.StatusUnauthorized
	}
	s.served, s.last = s.served+1, token
	return http.StatusOK
}

// revokeLast refuses the token that was served last, from now on.
func (s *gitServer) revokeLast() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revoked[s.last] = true
}

// requests returns how many requests there were, with a token or without.
func (s *gitServer) requests() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

// lastServed returns the token of the last request that was served.
func (s *gitServer) lastServed() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last
}

// counts returns how many requests with a token were served and refused.
func (s *gitServer) counts() (served, refused int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.served, s.refused
}

// whole reads a request to its end before next sees it: package cgi refuses one that
// comes in chunks, as a push of some size does.
func whole(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		r.Body, r.ContentLength, r.TransferEncoding = io.NopCloser(bytes.NewReader(body)), int64(len(body)), nil
		next.ServeHTTP(w, r)
	})
}
