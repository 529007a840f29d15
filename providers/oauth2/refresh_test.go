package oauth2

import (
	"errors"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/oauth2/oauth2test"
)

// A chain of refreshes, each with what the one before brought, as the core does it.
func TestEachRefreshTokenIsSpentOnce(t *testing.T) {
	server := start(t, oauth2test.Config{})
	req := loggedIn(server)
	for range 5 {
		req.Previous = ask(t, req)
	}
	if got := server.Counts(); got.Refreshes != 5 || got.Reuses != 0 || !server.Accepts(req.Previous.Value.Reveal()) {
		t.Errorf("%+v, want five refreshes and no reuse", got)
	}
}

// RFC 6749, section 6, lets a server keep the refresh token as it is.
func TestRefreshTokenIsKeptIfThereIsNoOther(t *testing.T) {
	server := start(t, oauth2test.Config{Reusable: true})
	req := loggedIn(server)
	before := readState(req.Previous).Refresh
	for range 2 {
		req.Previous = ask(t, req)
		if got := readState(req.Previous).Refresh; got != before {
			t.Errorf("the refresh token is %q now, want %q", got, before)
		}
	}
}

func TestRefusedRefreshTokenAsksForALogin(t *testing.T) {
	tests := []struct {
		name  string
		fault oauth2test.Fault
	}{
		{"revoked", oauth2test.Fault{Before: func() {}}},
		{"GitHub's way", oauth2test.Fault{Status: 200, Body: `{"error":"bad_refresh_token"}`}},
		{"in a form", oauth2test.Fault{Status: 400, ContentType: "application/x-www-form-urlencoded", Body: "error=invalid_grant"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := start(t, oauth2test.Config{})
			req := loggedIn(server)
			server.Revoke()
			server.Fail("/token", test.fault)
			_, err := Provider{}.Token(t.Context(), req)
			e := wantError(t, err, providers.ErrLoginRequired, "the login for https://files.example/a.whl is over", server.URL+"/token")
			if e.Repair != "sesame login https://files.example/a.whl" {
				t.Errorf("repair %q", e.Repair)
			}
		})
	}
}

func TestNobodyLoggedIn(t *testing.T) {
	server := start(t, oauth2test.Config{})
	tests := []struct {
		name     string
		previous *providers.Token
	}{
		{"nothing", nil},
		{"no state", &providers.Token{Value: providers.NewSecret("x")}},
		{"the state of another version", &providers.Token{Value: providers.NewSecret("x"), State: providers.NewSecret("?")}},
		{"a token that has ended, and no other way", &providers.Token{
			Value: providers.NewSecret("x"), Expires: time.Now(), State: state{Lasting: true}.secret(),
		}},
	}
	for _, grant := range []string{"device", "browser"} {
		for _, test := range tests {
			t.Run(grant+"/"+test.name, func(t *testing.T) {
				req := request(server, grant)
				req.Previous = test.previous
				_, err := Provider{}.Token(t.Context(), req)
				e := wantError(t, err, providers.ErrLoginRequired, "nobody is logged in for https://files.example/a.whl")
				if e.Repair != "sesame login https://files.example/a.whl" {
					t.Errorf("repair %q", e.Repair)
				}
			})
		}
	}
	if server.Counts().Requests != 0 {
		t.Error("the server was asked")
	}
}

// A server that names no end and gives no refresh token means the token to stay: a login every five
// minutes would be for nothing.
func TestLastingTokenIsReturnedAgain(t *testing.T) {
	server := start(t, oauth2test.Config{})
	req := request(server, "device")
	before := providers.Token{
		Username: "ann", Value: providers.NewSecret("gho-lasting"), Scheme: providers.Basic,
		Issued: time.Now().Add(-time.Hour), State: state{Lasting: true}.secret(),
	}
	previous := before
	req.Previous = &previous
	got := ask(t, req)
	if !got.Value.Equal(before.Value) || got.Username != "ann" || got.Scheme != providers.Basic ||
		!got.Expires.IsZero() || !got.State.Equal(before.State) || !got.Issued.After(before.Issued) {
		t.Errorf("%+v, want the token that there was, issued now", got)
	}
	if previous != before || server.Counts().Requests != 0 {
		t.Error("the previous token is changed, or the server was asked")
	}
}

// Whoever writes another refresh token into the file wants it used; until then, what came of the
// old one is the only one that is good.
func TestRefreshTokenOfAFile(t *testing.T) {
	server := start(t, oauth2test.Config{})
	file := write(t, server.Login())
	req := request(server, "refresh_token", "refresh_token_file", file)
	for range 3 {
		req.Previous = ask(t, req)
	}
	if got := server.Counts(); got.Refreshes != 3 || got.Reuses != 0 {
		t.Fatalf("%+v, want three refreshes and no reuse", got)
	}
	server.Revoke()
	_, err := Provider{}.Token(t.Context(), req)
	wantError(t, err, providers.ErrLoginRequired, "the refresh token of "+file+" is not accepted any more", "invalid_grant")

	rewrite(t, file, server.Login()+"\n")
	for range 2 {
		req.Previous = ask(t, req)
	}
	if got := server.Counts(); got.Refreshes != 5 || got.Reuses != 0 {
		t.Errorf("%+v, want two refreshes more", got)
	}
}

// The state of the store may be of any version, or damaged.
func FuzzReadState(f *testing.F) {
	f.Add(state{Refresh: "a", Of: "b"}.secret().Reveal())
	f.Add(state{Lasting: true}.secret().Reveal())
	f.Add(`{"refresh_token":1}`)
	f.Fuzz(func(t *testing.T, text string) {
		st := readState(&providers.Token{State: providers.NewSecret(text)})
		again := readState(&providers.Token{State: st.secret()})
		if again != st {
			t.Errorf("%+v becomes %+v", st, again)
		}
	})
}

// The kinds of refusal decide whether a person is sent to log in.
func TestOnlyARefusedGrantIsARefusedLogin(t *testing.T) {
	for _, code := range []string{"invalid_client", "unauthorized_client", "invalid_scope", "invalid_request", "invalid_target", "new_error"} {
		server := start(t, oauth2test.Config{})
		server.Fail("/token", oauth2test.Fault{Status: 400, Body: `{"error":"` + code + `"}`})
		_, err := Provider{}.Token(t.Context(), loggedIn(server))
		if e := wantError(t, err, providers.ErrLoginRequired, server.URL+"/token: "+code); e.Repair != "" {
			t.Errorf("%s: repair %q", code, e.Repair)
		}
	}
	for _, code := range []string{"temporarily_unavailable", "server_error"} {
		server := start(t, oauth2test.Config{})
		server.Fail("/token", oauth2test.Fault{Status: 400, Body: `{"error":"` + code + `"}`})
		_, err := Provider{}.Token(t.Context(), loggedIn(server))
		if !errors.Is(err, providers.ErrUnavailable) {
			t.Errorf("%s: %v", code, err)
		}
	}
}
