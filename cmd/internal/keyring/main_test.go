//go:build linux

package keyring_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sesame-auth/sesame/cmd/internal/programs"
	"github.com/sesame-auth/sesame/plugins/host"
	"github.com/sesame-auth/sesame/providers"
)

// bin is the directory of the programs under test.
var bin string

func TestMain(m *testing.M) { programs.Main(m, &bin) }

// secret begins every password of these tests. Nothing that they leave on the disk may hold it.
const secret = "s3cr3t-of-the-keyring"

// open starts the plugin with the variables, as NAME=value.
func open(t *testing.T, variables ...string) *host.Provider {
	t.Helper()
	p, err := host.Open(t.Context(), host.Plugin{
		Name: "static", Path: filepath.Join(bin, "sesame-provider-static"), Env: variables,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

// request returns a request of a route with store = "keyring".
func request(t *testing.T, url, username string) providers.Request {
	t.Helper()
	u, err := providers.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	return providers.Request{URL: u, Username: username, Options: providers.Options{
		{Name: "store", Kind: providers.StringOption, Values: []string{"keyring"}},
	}}
}

func password(username, value string) *providers.Token {
	return &providers.Token{Username: username, Value: providers.NewSecret(value), Scheme: providers.Basic}
}

// operations are what a tool can ask for.
func operations(t *testing.T) map[string]func(p *host.Provider) error {
	req := request(t, "https://registry.example.com/v2/", "ann")
	return map[string]func(p *host.Provider) error{
		"Token": func(p *host.Provider) error { _, err := p.Token(t.Context(), req); return err },
		"Keep":  func(p *host.Provider) error { return p.Keep(t.Context(), req, password("ann", secret)) },
		"Drop":  func(p *host.Provider) error { return p.Drop(t.Context(), req, providers.Secret{}) },
		"Kept":  func(p *host.Provider) error { _, err := p.Kept(t.Context(), req); return err },
	}
}

// checkNoFile fails where a file below dir holds the secret: a keyring that is not there is no
// reason to write a password to the disk.
func checkNoFile(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		if strings.Contains(string(data), secret) {
			t.Errorf("%s holds the secret", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
