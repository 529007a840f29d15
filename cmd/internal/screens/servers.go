package screens

import (
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/sesame-auth/sesame/providers/oauth2/oauth2test"
)

// The hosts that a person's programs find behind the proxy, and nobody else.
const (
	gitHost    = "git.example.com"
	issuerHost = "sso.example.com"
)

// Servers are a git server with one private repository, an issuer whose tokens open it, and the proxy that leads
// to them by their names. All listen on 127.0.0.1.
type Servers struct {
	// Issuer gives tokens to those who log in, and Accepts tells what the git server takes.
	Issuer *oauth2test.Server
	secret string // which the git server takes as well
	both   *httptest.Server
	proxy  *httptest.Server
}

// newServers starts them. What they need for themselves is in a folder.
func newServers(folder string) (*Servers, error) {
	repositories := filepath.Join(folder, "repositories")
	if err := newRepository(repositories); err != nil {
		return nil, err
	}
	git, err := exec.LookPath("git")
	if err != nil {
		return nil, err
	}
	s := &Servers{
		Issuer: oauth2test.New(oauth2test.Config{URL: "https://" + issuerHost, Interval: time.Second}),
		secret: "a-token-from-a-file",
	}
	mux := http.NewServeMux()
	mux.Handle(issuerHost+"/", s.Issuer)
	mux.Handle(gitHost+"/", s.guard(&cgi.Handler{
		Path: git, Args: []string{"http-backend"}, Root: "/", Stderr: io.Discard,
		Env: []string{"GIT_PROJECT_ROOT=" + repositories, "GIT_HTTP_EXPORT_ALL=1", "HOME=" + folder, "GIT_CONFIG_NOSYSTEM=1"},
	}))
	s.both = httptest.NewTLSServer(mux) // its certificate is for every name below example.com
	s.proxy = httptest.NewServer(http.HandlerFunc(s.connect))
	authority := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.both.Certificate().Raw})
	if err := os.WriteFile(filepath.Join(folder, "authority.pem"), authority, 0o600); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *Servers) close() {
	s.proxy.CloseClientConnections()
	s.proxy.Close()
	s.both.CloseClientConnections()
	s.both.Close()
	s.Issuer.Close()
}

// newRepository makes team/app, with a commit that has the same name wherever and whenever it is made.
func newRepository(folder string) error {
	const fixed = "2026-01-02T15:04:05Z"
	for _, args := range [][]string{
		{"init", "-q", "-b", "main", "work"},
		{"-C", "work", "commit", "-q", "--allow-empty", "-m", "first"},
		{"clone", "-q", "--bare", "work", "team/app"},
	} {
		if err := os.MkdirAll(filepath.Join(folder, "team"), 0o700); err != nil {
			return err
		}
		cmd := exec.Command("git", args...)
		cmd.Dir = folder
		cmd.Env = []string{
			"PATH=" + os.Getenv("PATH"), "HOME=" + folder, "GIT_CONFIG_NOSYSTEM=1",
			"GIT_AUTHOR_NAME=Ann", "GIT_AUTHOR_EMAIL=ann@example.com", "GIT_AUTHOR_DATE=" + fixed,
			"GIT_COMMITTER_NAME=Ann", "GIT_COMMITTER_EMAIL=ann@example.com", "GIT_COMMITTER_DATE=" + fixed,
		}
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("git %s: %w: %s", strings.Join(args, " "), err, out)
		}
	}
	return nil
}

// guard lets requests pass that have a token, as a password or as what it is.
func (s *Servers) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, token, _ := r.BasicAuth()
		if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
			token = bearer
		}
		if token != s.secret && !s.Issuer.Accepts(token) {
			w.Header().Set("WWW-Authenticate", `Basic realm="git"`)
			http.Error(w, "a token is needed", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// connect is a proxy that knows two hosts (RFC 9110, section 9.3.6).
func (s *Servers) connect(w http.ResponseWriter, r *http.Request) {
	host, _, _ := net.SplitHostPort(r.Host)
	if r.Method != http.MethodConnect || host != gitHost && host != issuerHost {
		http.Error(w, "nobody else is let out", http.StatusForbidden)
		return
	}
	server, err := net.Dial("tcp", s.both.Listener.Addr().String())
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer server.Close()
	client, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer client.Close()
	if _, err := io.WriteString(client, "HTTP/1.1 200 OK\r\n\r\n"); err != nil {
		return
	}
	done := make(chan error, 2)
	go func() { done <- copied(server, buffered) }()
	go func() { done <- copied(client, server) }()
	<-done // whoever ends first ends both
}

func copied(to io.Writer, from io.Reader) error {
	_, err := io.Copy(to, from)
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}
