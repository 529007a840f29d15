package oauth2test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func start(t *testing.T, config Config) *Server {
	t.Helper()
	s := New(config)
	t.Cleanup(s.Close)
	return s
}

// post sends a form in process, with the client's secret in a header if there is one.
func post(t *testing.T, s *Server, path, secret string, pairs ...string) (status int, answer map[string]any) {
	t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.Issuer+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if secret != "" {
		r.SetBasicAuth(ClientID, secret)
	}
	return send(t, s, r)
}

func send(t *testing.T, s *Server, r *http.Request) (status int, answer map[string]any) {
	t.Helper()
	response, err := s.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	_ = json.Unmarshal(text, &answer)
	if location := response.Header.Get("Location"); location != "" {
		answer = map[string]any{"location": location}
	}
	return response.StatusCode, answer
}

func get(t *testing.T, s *Server, target string, query ...string) (status int, answer map[string]any) {
	t.Helper()
	values := url.Values{}
	for i := 0; i < len(query); i += 2 {
		values.Set(query[i], query[i+1])
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, target+"?"+values.Encode(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return send(t, s, r)
}

func refresh(t *testing.T, s *Server, token string) (status int, answer map[string]any) {
	t.Helper()
	return post(t, s, "/token", "", "grant_type", "refresh_token", "client_id", ClientID, "refresh_token", token)
}

// A server that forgives would let a client pass that costs people their login.
func TestRefreshTokenIsGoodForOnce(t *testing.T) {
	s := start(t, Config{})
	first := s.Login()
	status, answer := refresh(t, s, first)
	access, second := answer["access_token"].(string), answer["refresh_token"].(string)
	if status != 200 || second == first || !s.Accepts(access) {
		t.Fatalf("first use: %d %v", status, answer)
	}
	if status, answer := refresh(t, s, first); status != 400 || answer["error"] != "invalid_grant" {
		t.Errorf("second use: %d %v", status, answer)
	}
	if status, _ := refresh(t, s, second); status != 400 || s.Accepts(access) {
		t.Errorf("after a reuse the login goes on: %d", status)
	}
	if got := s.Counts(); got.Refreshes != 1 || got.Reuses != 1 || got.Refusals != 2 {
		t.Errorf("%+v", got)
	}
}

func TestClientShowsWhoItIsInOneWay(t *testing.T) {
	tests := []struct {
		name         string
		config       Config
		header, body string
		id           string
		want         int
	}{
		{"public", Config{}, "", "", ClientID, 200},
		{"public without a name", Config{}, "", "", "", 401},
		{"public with a secret", Config{}, "x", "", ClientID, 401},
		{"header", Config{Secret: "x"}, "x", "", "", 200},
		{"wrong secret", Config{Secret: "x"}, "y", "", "", 401},
		{"body instead of header", Config{Secret: "x"}, "", "x", ClientID, 401},
		{"both", Config{Secret: "x"}, "x", "x", ClientID, 401},
		{"body", Config{Secret: "x", InBody: true}, "", "x", ClientID, 200},
		{"header instead of body", Config{Secret: "x", InBody: true}, "x", "", ClientID, 401},
	}
	for _, test := range tests {
		s := start(t, test.config)
		pairs := []string{"grant_type", "refresh_token", "refresh_token", s.Login(), "client_id", test.id}
		if test.body != "" {
			pairs = append(pairs, "client_secret", test.body)
		}
		if status, answer := post(t, s, "/token", test.header, pairs...); status != test.want {
			t.Errorf("%s: %d %v, want %d", test.name, status, answer, test.want)
		}
	}
}

// begin returns the parameters that the browser comes back with.
func begin(t *testing.T, s *Server, verifier string) url.Values {
	t.Helper()
	sum := sha256.Sum256([]byte(verifier))
	_, answer := get(t, s, s.Issuer+"/authorize", "response_type", "code", "client_id", ClientID, "state", "s",
		"redirect_uri", "http://127.0.0.1:1/", "code_challenge_method", "S256",
		"code_challenge", base64.RawURLEncoding.EncodeToString(sum[:]))
	location, _ := answer["location"].(string)
	u, err := url.Parse(location)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query()
}

func TestCodeIsBoundToItsVerifierAndPlace(t *testing.T) {
	tests := []struct {
		name, verifier, redirect string
		again                    bool
		want                     int
	}{
		{"good", "v", "http://127.0.0.1:1/", false, 200},
		{"another verifier", "w", "http://127.0.0.1:1/", false, 400},
		{"another place", "v", "http://127.0.0.1:2/", false, 400},
		{"again", "v", "http://127.0.0.1:1/", true, 400},
	}
	for _, test := range tests {
		s := start(t, Config{})
		back := begin(t, s, "v")
		if back.Get("state") != "s" || back.Get("code") == "" {
			t.Fatalf("comes back with %v", back)
		}
		spend := func() int {
			status, _ := post(t, s, "/token", "", "grant_type", "authorization_code", "client_id", ClientID, "code", back.Get("code"),
				"code_verifier", test.verifier, "redirect_uri", test.redirect)
			return status
		}
		if test.again {
			spend()
		}
		if got := spend(); got != test.want {
			t.Errorf("%s: %d, want %d", test.name, got, test.want)
		}
	}
}

func TestAuthorizationWantsProof(t *testing.T) {
	s := start(t, Config{})
	good := []string{"response_type", "code", "client_id", ClientID, "redirect_uri", "http://127.0.0.1:1/", "state", "s",
		"code_challenge", "c", "code_challenge_method", "S256"}
	for name, change := range map[string][]string{
		"another machine": {"redirect_uri", "http://evil.example/"}, "no port": {"redirect_uri", "http://127.0.0.1/"},
		"another client": {"client_id", "x"}, "no state": {"state", ""}, "no challenge": {"code_challenge", ""},
		"plain challenge": {"code_challenge_method", "plain"}, "token": {"response_type", "token"},
	} {
		_, answer := get(t, s, s.Issuer+"/authorize", append(good[:len(good):len(good)], change...)...)
		if location, _ := answer["location"].(string); strings.Contains(location, "code=") {
			t.Errorf("%s: %s", name, location)
		}
	}
}

// The clock of the bubble makes the pace exact.
func TestDeviceMustKeepThePace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(Config{URL: "https://issuer.example", CodeLifetime: time.Minute})
		_, d := post(t, s, "/device", "", "client_id", ClientID)
		ask := func(wait time.Duration) any {
			time.Sleep(wait)
			_, answer := post(t, s, "/token", "", "grant_type", deviceGrant, "client_id", ClientID, "device_code", d["device_code"].(string))
			if answer["error"] == nil {
				return "token"
			}
			return answer["error"]
		}
		for i, step := range []struct {
			wait time.Duration
			want string
		}{
			{5 * time.Second, "authorization_pending"}, {5*time.Second - 1, "slow_down"}, {9 * time.Second, "slow_down"},
			{15 * time.Second, "authorization_pending"},
		} {
			if got := ask(step.wait); got != step.want {
				t.Errorf("question %d: %v, want %s", i+1, got, step.want)
			}
		}
		if !s.Confirm(d["user_code"].(string)) || s.Confirm("another") {
			t.Error("a code is confirmed that was not given, or none")
		}
		if got := ask(15 * time.Second); got != "token" {
			t.Errorf("confirmed: %v", got)
		}
		if got := ask(15 * time.Second); got != "invalid_grant" {
			t.Errorf("again: %v", got)
		}
		if got := s.Counts(); got.Hasty != 2 || got.Polls != 6 {
			t.Errorf("%+v", got)
		}
	})
}

func TestExchangeSpendsTheToken(t *testing.T) {
	s := start(t, Config{})
	exchange := func(subject string) int {
		status, _ := post(t, s, "/token", "", "grant_type", exchangeGrant, "subject_token", subject, "subject_token_type", "x")
		return status
	}
	subject := s.SubjectToken()
	if first, second, foreign := exchange(subject), exchange(subject), exchange("x"); first != 200 || second != 400 || foreign != 400 {
		t.Errorf("%d, %d, %d, want 200, 400, 400", first, second, foreign)
	}
}
