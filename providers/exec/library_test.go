//go:build unix

package exec

import (
	"os"
	"testing"

	"github.com/docker/docker-credential-helpers/credentials"

	"github.com/sesame-auth/sesame/providers"
)

// A libraryHelper is what most docker helpers are: a few methods, served by docker's own library.
type libraryHelper struct{}

func (libraryHelper) Add(*credentials.Credentials) error { return nil }
func (libraryHelper) Delete(string) error                { return nil }
func (libraryHelper) List() (map[string]string, error)   { return nil, nil }

func (libraryHelper) Get(serverURL string) (username, secret string, err error) {
	switch serverURL {
	case "registry.example.com", "https://index.docker.io/v1/", "[::1]:5000":
		return "<token>", "t1 of " + serverURL, nil
	}
	return "", "", credentials.NewErrCredentialsNotFound()
}

// serveLibrary gives the library the one argument that it wants.
func serveLibrary(args []string) {
	os.Args = append([]string{"docker-credential-test"}, args...)
	credentials.Serve(libraryHelper{})
}

// Docker's library is the judge of what a docker helper is asked, and of how it answers.
func TestDockersOwnLibraryAnswers(t *testing.T) {
	t.Setenv("GORACE", "atexit_sleep_ms=0") // the library leaves by os.Exit
	for _, row := range []struct{ url, want string }{
		{"https://registry.example.com/team/app", "Basic <token> t1 of registry.example.com"},
		{"https://index.docker.io/v1/", "Basic <token> t1 of https://index.docker.io/v1/"},
		{"https://[::1]:5000/", "Basic <token> t1 of [::1]:5000"},
		{"https://registry.example.com:5000/", ""},
		{"https://other.example.com/", ""},
	} {
		req := request(t, "docker", self(t, "library"), listOption("variables", "GORACE"))
		var err error
		if req.URL, err = providers.ParseURL(row.url); err != nil {
			t.Fatal(err)
		}
		token, err := Provider{}.Token(t.Context(), req)
		if row.want == "" {
			wantError(t, err, providers.ErrNotFound)
		} else if err != nil || show(token) != row.want {
			t.Errorf("%s: token %v, error %v, want %s", row.url, token, err, row.want)
		}
	}
}
