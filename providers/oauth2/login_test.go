package oauth2

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/oauth2/oauth2test"
)

func TestLoginIsForPeople(t *testing.T) {
	server := start(t, oauth2test.Config{})
	secret, subject := write(t, "secret"), write(t, "subject")
	tests := []struct {
		req     providers.Request
		mention string
	}{
		{request(server, "client_credentials", "client_secret_file", secret), "the client's secret"},
		{request(server, "refresh_token", "refresh_token_file", secret), "the refresh token in " + secret},
		{request(server, "token_exchange", "subject_token_file", subject), "the token in " + subject},
	}
	for _, test := range tests {
		_, err := Provider{}.Login(t.Context(), test.req, func(providers.Step) { t.Error("a person is told to log in") })
		wantError(t, err, providers.ErrNotFound, "needs no login", test.mention)
		if err := (Provider{}).Logout(t.Context(), withPrevious(test.req, &providers.Token{Value: providers.NewSecret("x")})); err != nil {
			t.Errorf("logout: %v", err)
		}
	}
	if server.Counts().Requests != 0 {
		t.Error("the server was asked")
	}
}

// Without a refresh token the next login comes soon, which is a surprise unless it is said.
func TestLoginWithoutARefreshTokenIsSaid(t *testing.T) {
	tests := []struct {
		name    string
		config  oauth2test.Config
		want    state
		mention string
	}{
		{"token that ends", oauth2test.Config{NoRefresh: true}, state{}, "the login ends with the token, at "},
		{"token that stays", oauth2test.Config{NoRefresh: true, Silent: true, Opaque: true}, state{Lasting: true}, "good until it is revoked"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				test.config.URL = "https://issuer.example"
				server := oauth2test.New(test.config)
				token, told, err := deviceLogin(t.Context(), server, func(code string) { server.Confirm(code) })
				if err != nil {
					t.Fatal(err)
				}
				if readState(token) != test.want || len(told) != 2 || !strings.Contains(told[1].Message, test.mention) {
					t.Errorf("state %+v, told %+v", readState(token), told)
				}
				time.Sleep(30 * time.Minute)
				req := withPrevious(request(server, "device"), token)
				again, err := Provider{transport: server}.Token(t.Context(), req)
				if test.want.Lasting {
					if err != nil || !again.Value.Equal(token.Value) {
						t.Errorf("%v, want the same token", err)
					}
					return
				}
				wantError(t, err, providers.ErrLoginRequired, "nobody is logged in")
			})
		})
	}
}

// A device that has a secret must show it when it asks for a code, too (RFC 8628, section 3.1).
func TestDeviceShowsItsSecret(t *testing.T) {
	const secret = "s e/c&r=e+t%"
	file := write(t, secret)
	for _, inBody := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			server := oauth2test.New(oauth2test.Config{URL: "https://issuer.example", Secret: secret, InBody: inBody})
			auth := map[bool]string{false: "basic", true: "post"}[inBody]
			_, _, err := deviceLogin(t.Context(), server, func(code string) { server.Confirm(code) },
				"client_secret_file", file, "client_auth", auth)
			if err != nil {
				t.Errorf("%s: %v", auth, err)
			}
		})
	}
}

func TestLogoutRevokesTheLogin(t *testing.T) {
	server := start(t, oauth2test.Config{})
	req := loggedIn(server)
	req.Previous = ask(t, req)
	access := req.Previous.Value.Reveal()
	if err := (Provider{}).Logout(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	if server.Accepts(access) || server.Counts().Revocations != 1 {
		t.Errorf("%+v: the login goes on", server.Counts())
	}
	_, err := Provider{}.Token(t.Context(), req)
	wantError(t, err, providers.ErrLoginRequired, "invalid_grant")
}

func TestLogoutRevokesATokenThatStays(t *testing.T) {
	server := start(t, oauth2test.Config{NoRefresh: true, Silent: true, Opaque: true})
	req := request(server, "browser")
	token, _, err := browserLogin(t, t.Context(), req, func(page string) { visit(t, page) })
	if err != nil {
		t.Fatal(err)
	}
	if err := (Provider{}).Logout(t.Context(), withPrevious(req, token)); err != nil || server.Accepts(token.Value.Reveal()) {
		t.Errorf("%v: the token is still good", err)
	}
}

func TestLogoutWithNothingToRevoke(t *testing.T) {
	without := start(t, oauth2test.Config{Metadata: func(m map[string]any) { delete(m, "revocation_endpoint") }})
	server := start(t, oauth2test.Config{})
	for name, req := range map[string]providers.Request{
		"nobody is logged in":                 request(server, "device"),
		"a server that has no word for it":    loggedIn(without),
		"a preset without an endpoint for it": {Options: options("grant", "device", "preset", "github", "client_id", "x"), Previous: loggedIn(server).Previous},
	} {
		if err := (Provider{}).Logout(t.Context(), req); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if server.Counts().Requests != 0 || without.Counts().Revocations != 0 {
		t.Error("a server was asked")
	}
}

func TestLogoutThatFails(t *testing.T) {
	tests := []struct {
		name    string
		fault   oauth2test.Fault
		kind    error
		mention string
	}{
		{"503", oauth2test.Fault{Status: 503}, providers.ErrUnavailable, "/revoke: 503"},
		{"refused", oauth2test.Fault{Status: 400, Body: `{"error":"unsupported_token_type"}`}, providers.ErrLoginRequired, "/revoke: unsupported_token_type"},
		{"redirect", oauth2test.Fault{Status: 307, Location: "/x"}, providers.ErrUnavailable, "a redirect"},
	}
	for _, test := range tests {
		server := start(t, oauth2test.Config{})
		server.Fail("/revoke", test.fault)
		err := Provider{}.Logout(t.Context(), loggedIn(server))
		if e := wantError(t, err, test.kind, test.mention); strings.Contains(e.Message, "refresh-1") {
			t.Errorf("%s: the error %q holds a secret", test.name, e.Message)
		}
	}
}

// A server without a page for people must be named before anybody is told to wait.
func TestLoginWithoutItsEndpointIsToldWhy(t *testing.T) {
	tests := []struct{ grant, missing string }{
		{"device", "device_authorization_endpoint"}, {"browser", "authorization_endpoint"}, {"device", "token_endpoint"}, {"browser", "token_endpoint"},
	}
	for _, test := range tests {
		server := start(t, oauth2test.Config{Metadata: func(m map[string]any) { delete(m, test.missing) }})
		_, err := Provider{}.Login(t.Context(), request(server, test.grant), func(providers.Step) { t.Error("a person is told to log in") })
		wantError(t, err, providers.ErrLoginRequired, server.Issuer+" names no "+test.missing)
	}
}

func TestLoginThatCannotBeginEnds(t *testing.T) {
	server := start(t, oauth2test.Config{})
	server.FailAlways("/metadata", oauth2test.Fault{StallHeaders: true})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := Provider{}.Login(ctx, request(server, "device"), func(providers.Step) { t.Error("a person is told to log in") })
	wantError(t, err, providers.ErrUnavailable, "is given up")
}
