//go:build unix

package plugins

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"

	"github.com/sesame-auth/sesame/plugins/host"
	"github.com/sesame-auth/sesame/plugins/internal/wire"
	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/providerstest"
)

// Nothing of a provider may get lost in messages and status codes.
func TestProvidersConformOverTheWire(t *testing.T) {
	for _, s := range subjects() {
		t.Run(s.name, func(t *testing.T) {
			providerstest.Run(t, func(t *testing.T) providerstest.Case {
				c, variables := s.prepare(t)
				for _, variable := range variables {
					name, value, _ := strings.Cut(variable, "=")
					t.Setenv(name, value)
				}
				c.Provider = overTheWire(t, s.provider)
				return c
			})
		})
	}
}

// overTheWire returns the host's end of go-plugin's test connection to p.
func overTheWire(t *testing.T, p providers.Provider) *wire.Client {
	t.Helper()
	hclog.DefaultOutput = io.Discard // of the connection
	conn, _ := plugin.TestPluginGRPCConn(t, false, wire.Versions(p)[wire.Version])
	t.Cleanup(func() { conn.Close() })
	raw, err := conn.Dispense(wire.ServiceName)
	if err != nil {
		t.Fatal(err)
	}
	return raw.(*wire.Client)
}

// What a person typed must come back as it was, and to the same server, whatever carries it.
func TestKeeperConformsOverTheWire(t *testing.T) {
	providerstest.Run(t, func(t *testing.T) providerstest.Case {
		const value = "s3cr3t-of-a-person"
		req := providers.Request{URL: parse(t, "https://registry.example.com/v2/")}
		keeper := overTheWire(t, new(providerstest.Memory))
		token := &providers.Token{Username: "ann", Value: providers.NewSecret(value), Scheme: providers.Basic}
		if err := keeper.Keep(t.Context(), req, token); err != nil {
			t.Fatal(err)
		}
		return providerstest.Case{
			Provider: keeper, Request: req, Unknown: parse(t, "https://other.example.com/"),
			Single: true, Keeps: true, Secrets: []string{value},
		}
	})
}

// The executables are what sesame starts: a route to a provider must not care whether it is
// asked in process or through one.
func TestProvidersConformAsExecutables(t *testing.T) {
	dir := buildExecutables(t)
	for _, s := range subjects() {
		t.Run(s.name, func(t *testing.T) {
			providerstest.Run(t, func(t *testing.T) providerstest.Case {
				c, variables := s.prepare(t)
				p, err := host.Open(t.Context(), host.Plugin{
					Name: s.name, Path: filepath.Join(dir, "sesame-provider-"+s.name), Env: variables,
				})
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { p.Close() })
				c.Provider = p
				return c
			})
		})
	}
}

// A person who tries one by hand is told what it is.
func TestExecutablesTellAPersonWhatTheyAre(t *testing.T) {
	dir := buildExecutables(t)
	for _, s := range subjects() {
		out, err := exec.Command(filepath.Join(dir, "sesame-provider-"+s.name)).CombinedOutput()
		if err == nil || !strings.Contains(string(out), "sesame-provider-"+s.name+": this is a sesame provider plugin") {
			t.Errorf("%s: error %v, output %q", s.name, err, out)
		}
	}
}

// buildExecutables builds the plugins into a directory of mode 0700.
func buildExecutables(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "sesame")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	args := []string{"build", "-o", dir + "/"}
	for _, s := range subjects() {
		args = append(args, "./sesame-provider-"+s.name)
	}
	build := exec.Command("go", args...)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return dir
}
