//go:build unix

package plugins_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/plugins/host"
	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/providerstest"
)

const (
	nodePath = "../docs/examples/node"
	nodeKey  = "acme-key-1234"
)

// openNode installs the example for Node and starts it. It is pinned, as the configuration pins one.
func openNode(t *testing.T) *host.Provider {
	t.Helper()
	need(t, "node", "nodejs")
	need(t, "npm", "npm")
	dir := filepath.Join(privateDir(t), "node")
	if err := os.CopyFS(dir, os.DirFS(nodePath)); err != nil {
		t.Fatal(err)
	}
	install := exec.Command("npm", "ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund")
	install.Dir = dir
	if out, err := install.CombinedOutput(); err != nil {
		missing(t, fmt.Sprintf("npm ci: %v: %s", err, out))
	}
	path := filepath.Join(dir, "index.mjs")
	digest := sha256.Sum256([]byte(readFile(t, path)))
	p, err := host.Open(t.Context(), host.Plugin{
		Name: "acme", Path: path, SHA256: hex.EncodeToString(digest[:]),
		Env: []string{"PATH=" + os.Getenv("PATH"), "ACME_API_KEY=" + nodeKey},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

// need is the rule of the tests that start other programs: one that is missing skips the test, but on a machine that
// tests every change.
func need(t *testing.T, program, debianPackage string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		missing(t, program+" is not installed; type: sudo apt-get install "+debianPackage)
	}
}

func missing(t *testing.T, message string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(message)
	}
	t.Skip(message)
}

// An issuer stands in for Acme's.
type issuer struct {
	*httptest.Server
	hang, busy  atomic.Bool
	minted      atomic.Int64
	asked, gone chan struct{} // a request that hangs has come, and has been given up
}

func newIssuer(t *testing.T) *issuer {
	i := &issuer{asked: make(chan struct{}, 10), gone: make(chan struct{}, 10)}
	i.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case i.hang.Load():
			i.asked <- struct{}{}
			<-r.Context().Done()
			i.gone <- struct{}{}
		case i.busy.Load():
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(http.StatusServiceUnavailable)
		case r.Header.Get("Authorization") != "Bearer "+nodeKey:
			w.WriteHeader(http.StatusUnauthorized)
		default:
			fmt.Fprintf(w, `{"token":"acme-token-%d","expires_in":3600}`, i.minted.Add(1))
		}
	}))
	t.Cleanup(i.Close)
	return i
}

// routed returns the request for a URL of Acme's, on a route with one option.
func routed(option, value string) providers.Request {
	return providers.Request{
		URL:     providers.URL{Scheme: "https", Host: "registry.acme.example", Path: "/v2/"},
		Options: providers.Options{{Name: option, Kind: providers.StringOption, Values: []string{value}}},
	}
}

// A plugin in another language has nothing but the documented wire. What it must do and Go's does by
// accident, this one does not.
func TestNodeExampleConforms(t *testing.T) {
	plugin := openNode(t)
	t.Run("giving up", func(t *testing.T) { nodeGivesUp(t, plugin) })
	options := &struct {
		File   string `option:"file"`
		Issuer string `option:"issuer"`
	}{}
	t.Run("minting", func(t *testing.T) {
		providerstest.Run(t, func(t *testing.T) providerstest.Case {
			i := newIssuer(t)
			return providerstest.Case{
				Provider: plugin, Request: routed("issuer", i.URL), Options: options,
				Unknown: providers.URL{Scheme: "https", Host: "acme.example.com"},
				Hang:    func() { i.hang.Store(true) },
				Failing: []providers.Request{routed("issuer", "http://issuer.acme.example/")},
				Secrets: []string{nodeKey},
			}
		})
	})
	t.Run("keeping", func(t *testing.T) {
		providerstest.Run(t, func(t *testing.T) providerstest.Case {
			const value = "s3cr3t-of-a-person"
			req := routed("file", filepath.Join(t.TempDir(), "kept.json"))
			token := &providers.Token{Username: "ann", Value: providers.NewSecret(value), Scheme: providers.Basic}
			if err := plugin.Keep(t.Context(), req, token); err != nil {
				t.Fatal(err)
			}
			return providerstest.Case{
				Provider: plugin, Request: req, Options: options,
				Unknown: providers.URL{Scheme: "https", Host: "other.example"},
				Single:  true, Keeps: true, Secrets: []string{value},
			}
		})
	})
	t.Run("failing", func(t *testing.T) { nodeSendsDetails(t, plugin) })
}

// nodeGivesUp tries what the suite cannot see, since the host itself ends a call that is cancelled: that the plugin stops
// asking when nobody waits for the answer.
func nodeGivesUp(t *testing.T, plugin *host.Provider) {
	i := newIssuer(t)
	i.hang.Store(true)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-i.asked
		cancel()
	}()
	if _, err := plugin.Token(ctx, routed("issuer", i.URL)); !errors.Is(err, providers.ErrUnavailable) {
		t.Errorf("got %v, want an error of kind ErrUnavailable", err)
	}
	select {
	case <-i.gone:
	case <-time.After(time.Minute):
		t.Error("a minute after its call was cancelled, the plugin still waits for the issuer")
		i.CloseClientConnections()
	}
}

// nodeSendsDetails tries what the suite does not see, since it knows no issuer: what becomes of the issuer's
// own word on when to ask again. And the methods that the example leaves out.
func nodeSendsDetails(t *testing.T, plugin *host.Provider) {
	i := newIssuer(t)
	i.busy.Store(true)
	_, err := plugin.Token(t.Context(), routed("issuer", i.URL))
	e, ok := errors.AsType[*providers.Error](err)
	if !ok || e.Kind != providers.ErrUnavailable || e.RetryAfter != 7*time.Second || e.Message != i.URL+" answers 503 and no token" {
		t.Errorf("got %#v", err)
	}
	_, err = plugin.Login(t.Context(), routed("issuer", i.URL), func(providers.Step) {})
	if !errors.Is(err, host.ErrNoLogin) {
		t.Errorf("a login: got %v, want ErrNoLogin", err)
	}
}

// An author takes the folder as it is, with the messages in it.
func TestNodeExampleHasTheMessagesOfTheWire(t *testing.T) {
	if readFile(t, filepath.Join(nodePath, "provider.proto")) != readFile(t, "internal/wire/provider.proto") {
		t.Error("type: cp plugins/internal/wire/provider.proto docs/examples/node/")
	}
}
