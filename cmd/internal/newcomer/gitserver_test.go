//go:build linux

package newcomer

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/sesame-auth/sesame/cmd/internal/loopback"
)

// gitServer starts a server with one private repository, which wants a token, and returns the repository's URL, and the
// file of the authority that the server's certificate is from.
func gitServer(t *testing.T, accepts func(token string) bool) (url, authority string) {
	t.Helper()
	root := t.TempDir()
	if err := loopback.NewRepository(root, "r.git"); err != nil {
		t.Fatal(err)
	}
	git, err := loopback.Git(root)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewTLSServer(loopback.Guard(git, accepts))
	t.Cleanup(server.Close)
	authority = filepath.Join(folder(t), "authority.pem")
	if err := os.WriteFile(authority, loopback.Authority(server), 0o644); err != nil {
		t.Fatal(err)
	}
	return server.URL + "/r.git", authority
}
