package screens

import (
	"net/http"
	"path/filepath"
	"time"

	"github.com/sesame-auth/sesame/cmd/internal/loopback"
	"github.com/sesame-auth/sesame/providers/oauth2/oauth2test"
)

// The hosts that a person's programs find behind the proxy, and nobody else.
const (
	gitHost    = "git.example.com"
	issuerHost = "sso.example.com"
)

// Servers are a git server with one private repository, and an issuer whose tokens open it.
type Servers struct {
	*loopback.Network
	// Issuer gives tokens to those who log in, and Accepts tells what the git server takes.
	Issuer *oauth2test.Server
}

// newServers starts them. The repositories are in a folder.
func newServers(folder string) (*Servers, error) {
	repositories := filepath.Join(folder, "repositories")
	if err := loopback.NewRepository(repositories, "team/app"); err != nil {
		return nil, err
	}
	git, err := loopback.Git(repositories)
	if err != nil {
		return nil, err
	}
	issuer := oauth2test.New(oauth2test.Config{URL: "https://" + issuerHost, Interval: time.Second})
	hosts := map[string]http.Handler{issuerHost: issuer, gitHost: loopback.Guard(git, issuer.Accepts)}
	return &Servers{loopback.NewNetwork(hosts, func(string) {}), issuer}, nil
}

func (s *Servers) close() {
	s.Network.Close()
	s.Issuer.Close()
}
