//go:build unix

package plugins

import (
	"testing"

	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/env"
	"github.com/sesame-auth/sesame/providers/exec"
	execprofile "github.com/sesame-auth/sesame/providers/exec/profile"
	"github.com/sesame-auth/sesame/providers/oauth2"
	"github.com/sesame-auth/sesame/providers/oauth2/oauth2test"
	oauth2profile "github.com/sesame-auth/sesame/providers/oauth2/profile"
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
		{"exec", exec.Provider{}, prepareExec},
		{"oauth2", oauth2.Provider{}, prepareOAuth2},
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

func prepareExec(t *testing.T) (providerstest.Case, []string) {
	const value = "s3cr3t-of-a-command"
	req := providers.Request{URL: parse(t, "https://registry.example.com/")}
	req.Options = providers.Options{{Name: "command", Kind: providers.ListOption, Values: []string{"/bin/echo", value}}}
	failing := req
	failing.Options = providers.Options{{Name: "command", Kind: providers.ListOption, Values: []string{"/bin/false"}}}
	return providerstest.Case{
		Request: req,
		Options: execprofile.Profile().NewOptions(),
		Single:  true,
		Failing: []providers.Request{{URL: req.URL}, failing},
		Secrets: []string{value},
	}, nil
}

func prepareOAuth2(t *testing.T) (providerstest.Case, []string) {
	const secret = "s3cr3t-of-the-client"
	server := oauth2test.New(oauth2test.Config{Secret: secret})
	t.Cleanup(server.Close)
	req := providers.Request{URL: parse(t, "https://registry.example.com/")}
	for _, option := range [][2]string{
		{"client_id", oauth2test.ClientID}, {"client_secret_variable", "CI_CLIENT_SECRET"},
		{"grant", "client_credentials"}, {"issuer", server.Issuer},
	} {
		req.Options = append(req.Options, providers.Option{
			Name: option[0], Kind: providers.StringOption, Values: []string{option[1]},
		})
	}
	return providerstest.Case{
		Request: req,
		Options: oauth2profile.Profile().NewOptions(),
		LogsIn:  true,
		Hang:    func() { server.FailAlways("/token", oauth2test.Fault{StallHeaders: true}) },
		Failing: []providers.Request{{URL: req.URL}},
		Secrets: []string{secret},
	}, []string{"CI_CLIENT_SECRET=" + secret}
}
