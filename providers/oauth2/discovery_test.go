package oauth2

import (
	"slices"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/oauth2/oauth2test"
)

func TestWellKnownPlaces(t *testing.T) {
	tests := []struct {
		issuer string
		want   []string
	}{
		{"https://issuer.example", []string{
			"https://issuer.example/.well-known/oauth-authorization-server", "https://issuer.example/.well-known/openid-configuration"}},
		{"https://issuer.example/", []string{
			"https://issuer.example/.well-known/oauth-authorization-server", "https://issuer.example/.well-known/openid-configuration"}},
		{"https://issuer.example:8443/realms/a", []string{
			"https://issuer.example:8443/.well-known/oauth-authorization-server/realms/a",
			"https://issuer.example:8443/realms/a/.well-known/openid-configuration"}},
		{"https://issuer.example/a/", []string{
			"https://issuer.example/.well-known/oauth-authorization-server/a", "https://issuer.example/a/.well-known/openid-configuration"}},
	}
	for _, test := range tests {
		if got := wellKnown(test.issuer); !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", test.issuer, got, test.want)
		}
	}
}

func TestIssuerIsFoundWhereItPublishes(t *testing.T) {
	tests := []struct {
		name     string
		config   oauth2test.Config
		first    oauth2test.Fault // of the first place
		requests int
	}{
		{"at the root", oauth2test.Config{}, oauth2test.Fault{}, 2},
		{"at the root with a slash", oauth2test.Config{Path: "/"}, oauth2test.Fault{}, 2},
		{"with a path", oauth2test.Config{Path: "/realms/a"}, oauth2test.Fault{}, 2},
		{"only as OpenID says", oauth2test.Config{OpenIDOnly: true}, oauth2test.Fault{}, 3},
		{"only as OpenID says, with a path", oauth2test.Config{OpenIDOnly: true, Path: "/realms/a"}, oauth2test.Fault{}, 3},
		{"a page for everything that is not there", oauth2test.Config{}, oauth2test.Fault{Body: "<html>"}, 3},
		{"a redirect for everything that is not there", oauth2test.Config{}, oauth2test.Fault{Status: 302, Location: "/login"}, 3},
		{"forbidden to look", oauth2test.Config{}, oauth2test.Fault{Status: 403}, 3},
		{"another tenant's first", oauth2test.Config{}, oauth2test.Fault{Body: `{"issuer":"https://evil.example","token_endpoint":"https://evil.example/"}`}, 3},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := start(t, test.config)
			server.Fail("/metadata", test.first)
			token := ask(t, loggedIn(server))
			if got := server.Counts(); !server.Accepts(token.Value.Reveal()) || got.Requests != test.requests {
				t.Errorf("%+v, want %d requests", got, test.requests)
			}
		})
	}
}

// Whoever can make a server's metadata name another place gets the refresh token.
func TestMetadataThatCannotBeTrusted(t *testing.T) {
	put := func(name string, value any) func(map[string]any) {
		return func(m map[string]any) { m[name] = value }
	}
	tests := []struct {
		name     string
		metadata func(map[string]any)
		mention  string
	}{
		{"another issuer", put("issuer", "https://evil.example"), "the metadata of another issuer"},
		{"no issuer", func(m map[string]any) { delete(m, "issuer") }, "the metadata of another issuer"},
		{"issuer in capitals", put("issuer", "HTTP://127.0.0.1"), "the metadata of another issuer"},
		{"no token endpoint", func(m map[string]any) { delete(m, "token_endpoint") }, "names no token_endpoint"},
		{"token endpoint by http", put("token_endpoint", "http://issuer.example/token"), "token_endpoint of http://127.0.0.1"},
		{"token endpoint of a cloud's machine", put("token_endpoint", "http://169.254.169.254/token"), "want https, or http to this machine"},
		{"token endpoint with a user", put("token_endpoint", "https://a:b@issuer.example/token"), "want no user"},
		{"token endpoint that is relative", put("token_endpoint", "/token"), "not a URL"},
		{"token endpoint that is a number", put("token_endpoint", 1), "not the JSON of metadata"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := start(t, oauth2test.Config{Metadata: test.metadata})
			_, err := Provider{}.Token(t.Context(), loggedIn(server))
			e := wantError(t, err, providers.ErrLoginRequired, test.mention)
			if e.Repair != "" || server.Counts().Refreshes != 0 {
				t.Errorf("repair %q, %+v", e.Repair, server.Counts())
			}
		})
	}
}

// The commonest mistake, and a person cannot see it.
func TestSlashOfTheIssuerIsNamed(t *testing.T) {
	for _, test := range []struct{ path, written, mention string }{
		{"/", "", "with a slash at the end"},
		{"", "/", "without the slash at the end"},
	} {
		server := start(t, oauth2test.Config{Path: test.path})
		req := loggedIn(server)
		for i := range req.Options {
			if req.Options[i].Name == "issuer" {
				req.Options[i].Values = []string{server.URL + test.written}
			}
		}
		_, err := Provider{}.Token(t.Context(), req)
		wantError(t, err, providers.ErrLoginRequired, server.URL+"/.well-known/openid-configuration: ", test.mention)
	}
}

func TestIssuerThatCannotJustNowIsUnavailable(t *testing.T) {
	tests := []struct {
		name       string
		fault      oauth2test.Fault
		retryAfter time.Duration
	}{
		{"503", oauth2test.Fault{Status: 503, RetryAfter: "9"}, 9 * time.Second},
		{"500", oauth2test.Fault{Status: 500}, 0},
		{"429", oauth2test.Fault{Status: 429}, 0},
		{"no answer", oauth2test.Fault{Drop: true}, 0},
		{"over a megabyte", oauth2test.Fault{Zeros: 4 << 20}, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := start(t, oauth2test.Config{})
			server.FailAlways("/metadata", test.fault)
			_, err := Provider{}.Token(t.Context(), loggedIn(server))
			e := wantError(t, err, providers.ErrUnavailable, server.URL+"/.well-known/oauth-authorization-server: ")
			if e.RetryAfter != test.retryAfter {
				t.Errorf("retry after %v, want %v", e.RetryAfter, test.retryAfter)
			}
		})
	}
}

func TestIssuerWithoutMetadataSaysWhereItWasLookedFor(t *testing.T) {
	server := start(t, oauth2test.Config{})
	server.FailAlways("/metadata", oauth2test.Fault{Status: 404})
	_, err := Provider{}.Token(t.Context(), loggedIn(server))
	wantError(t, err, providers.ErrLoginRequired, "the issuer has no metadata: ",
		server.URL+"/.well-known/oauth-authorization-server: 404 Not Found; ", server.URL+"/.well-known/openid-configuration: 404 Not Found")
}

// An endpoint in the options needs no metadata, and goes before theirs.
func TestEndpointsOfTheOptions(t *testing.T) {
	server := start(t, oauth2test.Config{Secret: "secret"})
	req := providers.Request{Options: options("grant", "client_credentials", "client_id", oauth2test.ClientID,
		"client_secret_file", write(t, "secret"), "token_url", server.URL+"/token")}
	ask(t, req)
	if got := server.Counts(); got.Metadata != 0 || got.Credentials != 1 {
		t.Errorf("%+v, want one request", got)
	}
	wrong := start(t, oauth2test.Config{Metadata: func(m map[string]any) { m["token_endpoint"] = "https://evil.example/" }})
	ask(t, loggedIn(wrong, "token_url", wrong.URL+"/token"))
}
