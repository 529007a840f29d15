package oauth2

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/oauth2/oauth2test"
	"github.com/sesame-auth/sesame/providers/oauth2/profile"
	"github.com/sesame-auth/sesame/providers/providerstest"
)

// No request of a test may leave the machine, not even by a proxy that its user has set.
func TestMain(m *testing.M) {
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"} {
		os.Setenv(name, "http://127.0.0.1:1")
	}
	for _, name := range []string{"NO_PROXY", "no_proxy"} {
		os.Unsetenv(name)
	}
	os.Exit(m.Run())
}

func start(t *testing.T, config oauth2test.Config) *oauth2test.Server {
	t.Helper()
	server := oauth2test.New(config)
	t.Cleanup(server.Close)
	return server
}

// options makes a route's options of names and values. A value of several lines is a list.
func options(pairs ...string) providers.Options {
	var all providers.Options
	for pair := range slices.Chunk(pairs, 2) {
		option := providers.Option{Name: pair[0], Kind: providers.StringOption, Values: []string{pair[1]}}
		if pair[0] == "scopes" {
			option.Kind, option.Values = providers.ListOption, strings.Split(pair[1], "\n")
		}
		all = append(all, option)
	}
	return all
}

// request asks for a file of a host that has a route to the server.
func request(server *oauth2test.Server, grant string, more ...string) providers.Request {
	pairs := append([]string{"grant", grant, "issuer", server.Issuer, "client_id", oauth2test.ClientID}, more...)
	return providers.Request{
		URL:     providers.URL{Scheme: "https", Host: "files.example", Path: "/a.whl"},
		Options: options(pairs...),
	}
}

// loggedIn is a request after a login.
func loggedIn(server *oauth2test.Server, more ...string) providers.Request {
	req := request(server, "device", more...)
	req.Previous = &providers.Token{
		Value: providers.NewSecret("old"), Expires: time.Now(), State: state{Refresh: server.Login()}.secret(),
	}
	return req
}

// write writes a file that only its owner can read.
func write(t *testing.T, content string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "secret")
	rewrite(t, path, content)
	return path
}

func rewrite(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func ask(t *testing.T, req providers.Request) *providers.Token {
	t.Helper()
	token, err := Provider{}.Token(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// wantError checks the kind, and that the text mentions all of the words.
func wantError(t *testing.T, err, kind error, mention ...string) *providers.Error {
	t.Helper()
	e, ok := errors.AsType[*providers.Error](err)
	if !ok || !errors.Is(err, kind) {
		t.Fatalf("error %v, want one of the kind %q", err, kind)
	}
	for _, want := range mention {
		if !strings.Contains(e.Message, want) {
			t.Errorf("error %q does not mention %q", e.Message, want)
		}
	}
	return e
}

// The suite asks for one token many times, so the server is one that allows it: that a refresh token is
// spent once is tested elsewhere.
func TestProviderConforms(t *testing.T) {
	const secret = "secret-of-the-client"
	tests := []struct {
		grant   string
		config  oauth2test.Config
		prepare func(t *testing.T, server *oauth2test.Server) providers.Request
	}{
		{"device", oauth2test.Config{Reusable: true}, func(t *testing.T, server *oauth2test.Server) providers.Request {
			return loggedIn(server)
		}},
		{"browser", oauth2test.Config{Reusable: true}, func(t *testing.T, server *oauth2test.Server) providers.Request {
			req := request(server, "browser")
			req.Previous = loggedIn(server).Previous
			return req
		}},
		{"refresh_token", oauth2test.Config{Reusable: true}, func(t *testing.T, server *oauth2test.Server) providers.Request {
			return request(server, "refresh_token", "refresh_token_file", write(t, server.Login()))
		}},
		{"client_credentials", oauth2test.Config{Secret: secret}, func(t *testing.T, server *oauth2test.Server) providers.Request {
			return request(server, "client_credentials", "client_secret_file", write(t, secret))
		}},
		{"token_exchange", oauth2test.Config{Reusable: true}, func(t *testing.T, server *oauth2test.Server) providers.Request {
			return request(server, "token_exchange", "subject_token_file", write(t, server.SubjectToken()))
		}},
	}
	for _, test := range tests {
		t.Run(test.grant, func(t *testing.T) {
			providerstest.Run(t, func(t *testing.T) providerstest.Case {
				server := start(t, test.config)
				req := test.prepare(t, server)
				lost := req
				lost.Previous, lost.Options = nil, append(options("client_id", "unknown"), slices.DeleteFunc(
					slices.Clone(req.Options), func(o providers.Option) bool { return o.Name == "client_id" })...)
				return providerstest.Case{
					Provider: Provider{},
					Request:  req,
					Options:  new(profile.Options),
					Hang:     func() { server.FailAlways("/token", oauth2test.Fault{StallHeaders: true}) },
					Failing:  []providers.Request{lost},
					Secrets:  []string{secret},
				}
			})
		})
	}
}

// A wrong option is an error before anything is sent.
func TestTokenRefusesWrongOptions(t *testing.T) {
	server := start(t, oauth2test.Config{})
	req := request(server, "client_credentials")
	_, err := Provider{}.Token(t.Context(), req)
	wantError(t, err, providers.ErrLoginRequired, "options of the provider oauth2", "client_secret_file")
	if server.Counts().Requests != 0 {
		t.Error("the server was asked")
	}
}

// What a person is told to type must not be a command of whoever made the URL.
func TestRepairIsOneCommand(t *testing.T) {
	tests := []struct{ path, want string }{
		{"/a.whl", "sesame login https://files.example/a.whl"},
		{"/[a]*", "sesame login 'https://files.example/[a]*'"},
		{"/a;reboot", "sesame login 'https://files.example/a;reboot'"},
		{"/$(reboot)", "sesame login 'https://files.example/$(reboot)'"},
		{"/'&reboot", `sesame login 'https://files.example/'\''&reboot'`},
	}
	for _, test := range tests {
		c := client{req: providers.Request{URL: providers.URL{Scheme: "https", Host: "files.example", Path: test.path}}}
		if got := c.login(); got != test.want {
			t.Errorf("%s: %q, want %q", test.path, got, test.want)
		}
	}
}
