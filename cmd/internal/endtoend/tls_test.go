package endtoend_test

import (
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/sesame-auth/sesame/cmd/internal/loopback"
)

// newTLSGitServer starts a git server that is reached by https, and returns the file of the private authority that
// its certificate is from.
func newTLSGitServer(t *testing.T, accepts func(username, token string) bool) (s *gitServer, authority string) {
	t.Helper()
	s = unstartedGitServer(t, accepts)
	server := httptest.NewTLSServer(s.mux)
	t.Cleanup(server.Close)
	s.url, authority = server.URL, filepath.Join(t.TempDir(), "authority.pem")
	writeFile(t, authority, loopback.Authority(server))
	return s, authority
}
