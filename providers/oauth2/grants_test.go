package oauth2

import (
	"net/url"
	"strings"
	"testing"

	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/oauth2/oauth2test"
)

// What each grant sends is what the servers of the world look at, to the letter.
func TestGrantsSendWhatTheSpecificationsSay(t *testing.T) {
	const secret = "s e/c&r=e+t%" // every one of which a wrong encoding would change
	server := start(t, oauth2test.Config{Secret: secret, Reusable: true})
	inBody := start(t, oauth2test.Config{Secret: secret, InBody: true, Reusable: true})
	public := start(t, oauth2test.Config{Reusable: true})
	file := write(t, secret+"\n")
	t.Setenv("SESAME_TEST_SECRET", " "+secret+"\n")
	what := []string{"scopes", "read\nwrite", "audience", "https://files.example", "resource", "https://files.example/r"}
	const exchange = "urn:ietf:params:oauth:grant-type:token-exchange"
	const jwtType = "urn:ietf:params:oauth:token-type:jwt"
	tests := []struct {
		name string
		req  providers.Request
		on   *oauth2test.Server
		want map[string]string
	}{
		{"client credentials", request(server, "client_credentials", "client_secret_file", file), server, map[string]string{
			"grant_type": "client_credentials",
		}},
		{"for something", request(server, "client_credentials", append(what, "client_secret_file", file)...), server, map[string]string{
			"grant_type": "client_credentials", "scope": "read write", "audience": "https://files.example",
			"resource": "https://files.example/r",
		}},
		{"secret in a variable", request(server, "client_credentials", "client_secret_variable", "SESAME_TEST_SECRET"), server,
			map[string]string{"grant_type": "client_credentials"}},
		{"secret in the body", request(inBody, "client_credentials", "client_secret_file", file, "client_auth", "post"), inBody,
			map[string]string{"grant_type": "client_credentials", "client_id": oauth2test.ClientID, "client_secret": secret}},
		{"refresh after a login", loggedIn(public, what...), public, map[string]string{
			"grant_type": "refresh_token", "client_id": oauth2test.ClientID, "refresh_token": "*",
		}},
		{"refresh with a secret", loggedIn(server, "client_secret_file", file), server, map[string]string{
			"grant_type": "refresh_token", "refresh_token": "*",
		}},
		{"refresh token of a file",
			request(public, "refresh_token", append(what, "refresh_token_file", write(t, public.Login()+"\n"))...), public,
			map[string]string{
				"grant_type": "refresh_token", "client_id": oauth2test.ClientID, "refresh_token": "*", "scope": "read write",
				"audience": "https://files.example", "resource": "https://files.example/r",
			}},
		{"exchange", request(public, "token_exchange", "subject_token_file", write(t, public.SubjectToken())), public,
			map[string]string{
				"grant_type": exchange, "client_id": oauth2test.ClientID, "subject_token": "*", "subject_token_type": jwtType,
			}},
		{"exchange for a type", request(public, "token_exchange", "subject_token_file", write(t, public.SubjectToken()),
			"subject_token_type", "urn:example:a", "requested_token_type", "urn:example:b"), public, map[string]string{
			"grant_type": exchange, "client_id": oauth2test.ClientID, "subject_token": "*",
			"subject_token_type": "urn:example:a", "requested_token_type": "urn:example:b",
		}},
		{"exchange without a client", providers.Request{Options: options("grant", "token_exchange", "issuer", public.Issuer,
			"subject_token_file", write(t, public.SubjectToken()))}, public, map[string]string{
			"grant_type": exchange, "subject_token": "*", "subject_token_type": jwtType,
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			token := ask(t, test.req)
			if !test.on.Accepts(token.Value.Reveal()) {
				t.Error("the token opens nothing")
			}
			compare(t, test.on.Last(), test.want)
		})
	}
}

// compare wants exactly these parameters, each once; "*" is any value.
func compare(t *testing.T, got url.Values, want map[string]string) {
	t.Helper()
	for name, value := range want {
		if len(got[name]) != 1 || value != "*" && got.Get(name) != value {
			t.Errorf("%s is %q, want %q", name, got[name], value)
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("%s is sent: %q", name, got[name])
		}
	}
}

// A token that a person must carry as a password in one tool is a bearer token in another.
func TestUsernameMakesThePassword(t *testing.T) {
	server := start(t, oauth2test.Config{Secret: "secret"})
	req := request(server, "client_credentials", "client_secret_file", write(t, "secret"))
	if got := ask(t, req); got.Scheme != providers.Bearer || got.Username != "" {
		t.Errorf("without a username: %s of %q", got.Scheme, got.Username)
	}
	req.Username = "x-access-token"
	if got := ask(t, req); got.Scheme != providers.Basic || got.Username != "x-access-token" {
		t.Errorf("with a username: %s of %q", got.Scheme, got.Username)
	}
}

// The machine's token is replaced every few minutes: one that was read before has ended.
func TestTokenFileIsReadEachTime(t *testing.T) {
	server := start(t, oauth2test.Config{})
	file := write(t, server.SubjectToken())
	req := request(server, "token_exchange", "subject_token_file", file)
	ask(t, req)
	_, err := Provider{}.Token(t.Context(), req)
	wantError(t, err, providers.ErrLoginRequired, "invalid_request") // it is good for once
	rewrite(t, file, server.SubjectToken())
	ask(t, req)
	if got := server.Counts().Exchanges; got != 2 {
		t.Errorf("%d exchanges, want 2", got)
	}
}

// A program that tries to show who it is in one way after the other spends a refresh token with each.
func TestWrongClientIsToldAndNothingIsTriedAgain(t *testing.T) {
	server := start(t, oauth2test.Config{Secret: "secret", InBody: true})
	_, err := Provider{}.Token(t.Context(), loggedIn(server, "client_secret_file", write(t, "secret")))
	e := wantError(t, err, providers.ErrLoginRequired, server.URL+"/token: invalid_client")
	if e.Repair != "" || strings.Contains(e.Message, "refresh-1") {
		t.Errorf("repair %q, message %q", e.Repair, e.Message)
	}
	if got := server.Counts(); got.Refusals != 1 || got.Refreshes != 0 {
		t.Errorf("%+v, want one request to the token endpoint", got)
	}
}

func TestMissingSecretIsNamed(t *testing.T) {
	server := start(t, oauth2test.Config{Secret: "secret"})
	t.Setenv("SESAME_TEST_SECRET", " ")
	tests := []struct {
		name, mention string
		req           providers.Request
	}{
		{"variable", "SESAME_TEST_SECRET is not set",
			request(server, "client_credentials", "client_secret_variable", "SESAME_TEST_SECRET")},
		{"file", "no such file", request(server, "client_credentials", "client_secret_file", "/nonexistent/secret")},
		{"subject", "no such file", request(server, "token_exchange", "subject_token_file", "/nonexistent/token",
			"client_secret_file", write(t, "secret"))},
		{"refresh token", "no such file", request(server, "refresh_token", "refresh_token_file", "/nonexistent/token")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Provider{}.Token(t.Context(), test.req)
			wantError(t, err, providers.ErrLoginRequired, test.mention)
		})
	}
	if server.Counts().Requests != 0 {
		t.Error("the server was asked")
	}
}
