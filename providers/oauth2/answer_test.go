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

func TestTokenThatNoToolCanUseIsRefused(t *testing.T) {
	dead := jwtOf(time.Now().Add(-2*time.Hour), time.Now().Add(-time.Hour))
	tests := []struct {
		name, body string
		kind       error
		mention    string
	}{
		{"DPoP", `{"access_token":"a","token_type":"DPoP"}`, providers.ErrLoginRequired, "not of the type Bearer"},
		{"mac", `{"access_token":"a","token_type":"mac"}`, providers.ErrLoginRequired, "not of the type Bearer"},
		{"line end", `{"access_token":"a\nX-Evil: 1","token_type":"bearer"}`, providers.ErrUnavailable, "no access token that can be used"},
		{"not ASCII", `{"access_token":"é","token_type":"bearer"}`, providers.ErrUnavailable, "no access token that can be used"},
		{"too long", `{"access_token":"` + strings.Repeat("a", maxToken+1) + `","token_type":"bearer"}`, providers.ErrUnavailable,
			"no access token that can be used"},
		{"dead on arrival", `{"access_token":"` + dead + `","token_type":"bearer"}`, providers.ErrUnavailable, "has expired already"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := start(t, oauth2test.Config{})
			server.Fail("/token", oauth2test.Fault{Body: test.body})
			_, err := Provider{}.Token(t.Context(), loggedIn(server))
			wantError(t, err, test.kind, server.URL+"/token: ", test.mention)
		})
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
