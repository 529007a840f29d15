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
	"github.com/sesame-auth/sesame/providers/env"
	"github.com/sesame-auth/sesame/providers/providerstest"
	"github.com/sesame-auth/sesame/providers/pyx"
	"github.com/sesame-auth/sesame/providers/pyx/profile"
	"github.com/sesame-auth/sesame/providers/pyx/pyxtest"
	"github.com/sesame-auth/sesame/providers/static"
)

// A subject is one provider and how it is prepared for the suite.
type subject struct {
	name     string
	provider providers.Provider
	// prepare returns a case without its provider, and the variables of the plugin.
	prepare func(t *testing.T) (providerstest.Case, []string)
}

func subjects() []subject {
	return []subject{
		{"env", env.Provider{}, prepareEnv},
		{"static", static.Provider{}, prepareStatic},
		{"pyx", pyx.Provider{}, preparePyx},
	}
}

func parse(t *testing.T, text string) providers.URL {
	t.Helper()
	u, err := providers.ParseURL(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func prepareEnv(t *testing.T) (providerstest.Case, []string) {
	return providerstest.Case{
		Request: providers.Request{URL: parse(t, "https://registry.example.com/v2/")},
		Unknown: parse(t, "https://other.example.com/"),
		Options: env.Profile().NewOptions(),
		Single:  true,
	}, []string{"SESAME_TOKEN_REGISTRY_EXAMPLE_COM=s3cr3t-of-the-registry"}
}

func prepareStatic(t *testing.T) (providerstest.Case, []string) {
	const value = "s3cr3t-in-the-configuration"
	req := providers.Request{URL: parse(t, "https://registry.example.com/"), Username: "ann"}
	req.Options = providers.Options{{Name: "secret", Kind: providers.StringOption, Values: []string{value}}}
	return providerstest.Case{
		Request: req,
		Options: static.Profile().NewOptions(),
		Single:  true,
		Failing: []providers.Request{{URL: req.URL}},
		Secrets: []string{value},
	}, nil
}

func preparePyx(t *testing.T) (providerstest.Case, []string) {
	server := pyxtest.New(pyxtest.Config{})
	t.Cleanup(server.Close)
	root := t.TempDir()
	if _, err := server.Login(root); err != nil {
		t.Fatal(err)
	}
	var variables []string
	for _, name := range profile.Profile().Variables(providers.URL{}, nil) {
		variables = append(variables, name+"=") // whatever the environment has
	}
	return providerstest.Case{
		Request: providers.Request{URL: parse(t, server.URL+"/simple/")},
		Unknown: parse(t, "https://pypi.org/"),
		Options: new(profile.Options),
		LogsIn:  true,
		Hang:    func() { server.FailAlways(pyxtest.Fault{StallHeaders: true}) },
	}, append(variables, "PYX_API_URL="+server.URL, "PYX_CREDENTIALS_DIR="+root)
}

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
	build := exec.Command("go", "build", "-o", dir+"/", "./sesame-provider-env", "./sesame-provider-static", "./sesame-provider-pyx")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return dir
}
