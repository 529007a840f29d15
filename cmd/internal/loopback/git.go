package loopback

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cgi"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// NewRepository makes a bare repository of this name in a folder. Its one commit has the same name wherever and whenever it
// is made.
func NewRepository(folder, name string) error {
	const fixed = "2026-01-02T15:04:05Z"
	if err := os.MkdirAll(filepath.Join(folder, filepath.Dir(name)), 0o700); err != nil {
		return err
	}
	for _, args := range [][]string{
		{"init", "-q", "-b", "main", "work"},
		{"-C", "work", "commit", "-q", "--allow-empty", "-m", "first"},
		{"clone", "-q", "--bare", "work", name},
	} {
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

// Git returns a server of the repositories in a folder, by git's own program (git-http-backend(1)).
func Git(folder string) (http.Handler, error) {
	git, err := exec.LookPath("git")
	if err != nil {
		return nil, err
	}
	return &cgi.Handler{
		Path: git, Args: []string{"http-backend"}, Root: "/", Stderr: io.Discard,
		Env: []string{"GIT_PROJECT_ROOT=" + folder, "GIT_HTTP_EXPORT_ALL=1", "HOME=" + folder, "GIT_CONFIG_NOSYSTEM=1"},
	}, nil
}

// Guard lets requests pass that have a token, as a password or as what it is. It asks for a password, as most git servers and
// registries do.
func Guard(next http.Handler, accepts func(token string) bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, token, _ := r.BasicAuth()
		if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
			token = bearer
		}
		if token == "" || !accepts(token) {
			w.Header().Set("WWW-Authenticate", `Basic realm="a token is needed"`)
			http.Error(w, "a token is needed", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}
