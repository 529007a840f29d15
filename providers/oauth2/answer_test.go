package oauth2

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/oauth2"

	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/oauth2/oauth2test"
)

// A lifetime is worth more than an end: it needs no clock of the server's. An end is worth more
// than nothing.
func TestTokenLivesAsLongAsTheServerSays(t *testing.T) {
	tests := []struct {
		name   string
		config oauth2test.Config
		want   time.Duration // from when it was asked for; zero is no end
	}{
		{"expires_in", oauth2test.Config{Lifetime: 10 * time.Minute, Opaque: true}, 10 * time.Minute},
		{"expires_in and a JWT", oauth2test.Config{Lifetime: 10 * time.Minute}, 10 * time.Minute},
		{"expires_in, clock ahead", oauth2test.Config{Lifetime: 10 * time.Minute, Ahead: time.Hour}, 10 * time.Minute},
		{"JWT", oauth2test.Config{Lifetime: 10 * time.Minute, Silent: true}, 10 * time.Minute},
		{"JWT, clock ahead", oauth2test.Config{Lifetime: 10 * time.Minute, Silent: true, Ahead: time.Hour}, 10 * time.Minute},
		{"JWT, clock behind", oauth2test.Config{Lifetime: 10 * time.Minute, Silent: true, Ahead: -time.Hour}, 10 * time.Minute},
		{"neither", oauth2test.Config{Silent: true, Opaque: true}, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				test.config.URL = "https://issuer.example"
				server := oauth2test.New(test.config)
				token, err := Provider{transport: server}.Token(t.Context(), loggedIn(server))
				if err != nil {
					t.Fatal(err)
				}
				if !token.Issued.Equal(time.Now()) {
					t.Errorf("issued %v, want now", token.Issued)
				}
				var want time.Time
				if test.want != 0 {
					want = time.Now().Add(test.want)
				}
				if !token.Expires.Equal(want) {
					t.Errorf("expires %v, want %v", token.Expires, want)
				}
			})
		})
	}
}

func jwtOf(issued, expires time.Time) string {
	claims := fmt.Sprintf(`{"iat":%d,"exp":%d}`, issued.Unix(), expires.Unix())
	return "e30." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + "."
}

// A Date that is wrong must not make a token live for longer than it says itself.
func TestLifeIsBoundedByWhatTheTokenSays(t *testing.T) {
	sent := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	token := jwtOf(sent, sent.Add(time.Hour))
	tests := []struct {
		name string
		date time.Time
		want time.Duration
	}{
		{"no Date", time.Time{}, time.Hour},
		{"Date is right", sent, time.Hour},
		{"token was kept at the server", sent.Add(20 * time.Minute), 40 * time.Minute},
		{"Date of 1970", time.Unix(0, 0), time.Hour},
		{"Date after the end", sent.Add(2 * time.Hour), -time.Hour},
	}
	for _, test := range tests {
		a := answer{token: &oauth2.Token{AccessToken: token}, sent: sent, date: test.date}
		issued, expires := a.life()
		if !issued.Equal(sent) || !expires.Equal(sent.Add(test.want)) {
			t.Errorf("%s: issued %v, expires %v, want %v", test.name, issued, expires, sent.Add(test.want))
		}
	}
}

// useless are answers with a token that no tool can use, and why.
func useless() map[string]string {
	const unfit = "no access token that can be used"
	dead := jwtOf(time.Now().Add(-2*time.Hour), time.Now().Add(-time.Hour))
	return map[string]string{
		`"access_token":"a\nX-Evil: 1","token_type":"bearer"`:                            unfit,
		`"access_token":"a b","token_type":"bearer"`:                                     unfit,
		`"access_token":"é","token_type":"bearer"`:                                       unfit,
		`"access_token":"` + strings.Repeat("a", maxToken+1) + `","token_type":"bearer"`: unfit,
		`"access_token":"` + dead + `","token_type":"bearer"`:                            "has expired already",
	}
}

func TestTokenThatNoToolCanUseIsRefused(t *testing.T) {
	server := start(t, oauth2test.Config{Secret: "s"})
	for body, mention := range useless() {
		server.Fail("/token", oauth2test.Fault{Body: "{" + body + "}"})
		req := request(server, "client_credentials", "client_secret_file", write(t, "s"))
		_, err := Provider{}.Token(t.Context(), req)
		wantError(t, err, providers.ErrUnavailable, server.URL+"/token: ", mention)
	}
	for _, kind := range []string{"DPoP", "mac"} {
		server := start(t, oauth2test.Config{})
		server.Fail("/token", oauth2test.Fault{Body: `{"access_token":"a","token_type":"` + kind + `"}`})
		_, err := Provider{}.Token(t.Context(), loggedIn(server))
		wantError(t, err, providers.ErrLoginRequired, server.URL+"/token: ", "not of the type Bearer")
	}
}

// The refresh token that comes with such a token is the only one that still works. An error would lose it; the core
// refuses the token by itself, as a Bearer token even where it was to be a password, and keeps the state.
func TestRefreshTokenOfAUselessTokenIsHandedOn(t *testing.T) {
	server := start(t, oauth2test.Config{})
	for body := range useless() {
		for _, account := range []string{"", "ci"} {
			next := server.Login()
			server.Fail("/token", oauth2test.Fault{Body: `{"refresh_token":"` + next + `",` + body + "}"})
			req := loggedIn(server)
			req.Username = account
			token, err := Provider{}.Token(t.Context(), req)
			if err != nil {
				t.Fatalf("%.60s: %v", body, err)
			}
			ended := !token.Expires.IsZero() && token.Expires.Before(time.Now())
			if !ended && (sendable(token.Value.Reveal()) || token.Scheme != providers.Bearer) {
				t.Errorf("%.60s: got %+v, which the core would take", body, token)
			}
			req.Previous = token
			if got := ask(t, req); !server.Accepts(got.Value.Reveal()) {
				t.Errorf("%.60s: the next refresh brought a token that is not the server's", body)
			}
		}
	}
	if got := server.Counts(); got.Reuses != 0 {
		t.Errorf("%+v", got)
	}
}

// What servers send that RFC 6749 does not quite say.
func TestAnswersOfTheWorldAreRead(t *testing.T) {
	tests := []struct {
		name  string
		fault oauth2test.Fault
		want  time.Duration
	}{
		{"type in capitals", oauth2test.Fault{Body: `{"access_token":"a","token_type":"BEARER","expires_in":60}`}, time.Minute},
		{"no type", oauth2test.Fault{Body: `{"access_token":"a","expires_in":60}`}, time.Minute},
		{"no access token in an exchange", oauth2test.Fault{Body: `{"access_token":"a","token_type":"N_A","expires_in":60}`}, time.Minute},
		{"lifetime as text", oauth2test.Fault{Body: `{"access_token":"a","token_type":"bearer","expires_in":"60"}`}, time.Minute},
		{"lifetime of null", oauth2test.Fault{Body: `{"access_token":"a","token_type":"bearer","expires_in":null}`}, 0},
		{"no lifetime at all", oauth2test.Fault{Body: `{"access_token":"a","token_type":"bearer","expires_in":0}`}, 0},
		{"negative lifetime", oauth2test.Fault{Body: `{"access_token":"a","token_type":"bearer","expires_in":-1}`}, 0},
		{"a form", oauth2test.Fault{ContentType: "application/x-www-form-urlencoded; charset=utf-8",
			Body: "access_token=a&expires_in=60&token_type=bearer"}, time.Minute},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := oauth2test.New(oauth2test.Config{URL: "https://issuer.example"})
				server.Fail("/token", test.fault)
				token, err := Provider{transport: server}.Token(t.Context(), loggedIn(server))
				if err != nil {
					t.Fatal(err)
				}
				var want time.Time
				if test.want != 0 {
					want = time.Now().Add(test.want)
				}
				if token.Value.Reveal() != "a" || token.Scheme != providers.Bearer || !token.Expires.Equal(want) {
					t.Errorf("%s, expires %v, want %v", token.Scheme, token.Expires, want)
				}
			})
		})
	}
}
