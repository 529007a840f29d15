package pyxtest

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func start(t *testing.T, config Config) *Server {
	t.Helper()
	s := New(config)
	t.Cleanup(s.Close)
	return s
}

// send returns the status of a request, and the tokens in its answer if there are any.
func send(t *testing.T, method, url, authorization, body string) (status int, answer pair) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if authorization != "" {
		request.Header.Set("Authorization", authorization)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode == http.StatusOK && strings.HasPrefix(response.Header.Get("Content-Type"), "application/json") {
		if err := json.Unmarshal(text, &answer); err != nil {
			t.Fatal(err)
		}
	}
	return response.StatusCode, answer
}

// refresh sends no Content-Type, as uv does.
func refresh(t *testing.T, s *Server, token string) (status int, answer pair) {
	t.Helper()
	return send(t, "POST", s.URL+"/auth/cli/refresh", "", `{"refresh_token":"`+token+`"}`)
}

func newLogin(t *testing.T, s *Server) pair {
	t.Helper()
	path, err := s.Login(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var tokens pair
	if err := json.Unmarshal(text, &tokens); err != nil {
		t.Fatal(err)
	}
	return tokens
}

// A server that forgives would let a client pass that costs people their login.
func TestRefreshTokenIsGoodForOnce(t *testing.T) {
	s := start(t, Config{})
	first := newLogin(t, s)
	status, second := refresh(t, s, first.Refresh)
	if status != 200 || second.Refresh == first.Refresh || !s.Accepts(second.Access) {
		t.Fatalf("first use: status %d", status)
	}
	if status, _ := refresh(t, s, first.Refresh); status != 401 {
		t.Errorf("second use: status %d, want 401", status)
	}
	if status, _ := refresh(t, s, second.Refresh); status != 401 {
		t.Errorf("after a reuse the login goes on: status %d, want 401", status)
	}
	if s.Accepts(second.Access) {
		t.Error("after a reuse the access token is still good")
	}
	want := Counts{Requests: 3, Refreshes: 1, Reuses: 1, Refusals: 2}
	if got := s.Counts(); got != want {
		t.Errorf("counts %+v, want %+v", got, want)
	}
}

func TestGraceAnswersTheLastRefreshTokenAgain(t *testing.T) {
	s := start(t, Config{Grace: time.Hour})
	first := newLogin(t, s)
	_, second := refresh(t, s, first.Refresh)
	if status, again := refresh(t, s, first.Refresh); status != 200 || again != second {
		t.Errorf("status %d, want the same answer again", status)
	}
	if _, third := refresh(t, s, second.Refresh); third.Refresh == "" {
		t.Error("the repeat has cost the login")
	}
	if status, _ := refresh(t, s, first.Refresh); status != 401 {
		t.Errorf("the last but one: status %d, want 401", status)
	}
	if got := s.Counts(); got.Repeats != 1 || got.Reuses != 1 {
		t.Errorf("counts %+v", got)
	}
}

func TestFileOpensForGoodTokensOnly(t *testing.T) {
	s := start(t, Config{Keys: []string{"sk"}})
	tokens := newLogin(t, s)
	_, exchanged := send(t, "POST", s.URL+"/auth/cli/access-token", "Bearer sk", "")
	tests := []struct {
		name, authorization string
		want                int
	}{
		{"login", "Bearer " + tokens.Access, 200},
		{"key", "Bearer " + exchanged.Access, 200},
		{"expired", "Bearer " + s.AccessToken(-time.Hour), 401},
		{"refresh token", "Bearer " + tokens.Refresh, 401},
		{"the key itself", "Bearer sk", 401},
		{"other scheme", "Basic " + tokens.Access, 401},
		{"none", "", 401},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if status, _ := send(t, "GET", s.URL+"/simple/", test.authorization, ""); status != test.want {
				t.Errorf("status %d, want %d", status, test.want)
			}
		})
	}
	if got := s.Counts().Resources; got != 2 {
		t.Errorf("%d files were served, want 2", got)
	}
	s.Revoke()
	if status, _ := send(t, "GET", s.URL+"/simple/", "Bearer "+tokens.Access, ""); status != 401 {
		t.Errorf("revoked: status %d, want 401", status)
	}
}

func TestKeyIsCheckedAndNotSpent(t *testing.T) {
	s := start(t, Config{Keys: []string{"sk"}})
	tests := []struct {
		name, authorization, body string
		want                      int
	}{
		{"good", "Bearer sk", "", 200},
		{"good again", "Bearer sk", "", 200},
		{"wrong", "Bearer sl", "", 401},
		{"none", "", "", 401},
		{"with a body", "Bearer sk", "{}", 401},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if status, _ := send(t, "POST", s.URL+"/auth/cli/access-token", test.authorization, test.body); status != test.want {
				t.Errorf("status %d, want %d", status, test.want)
			}
		})
	}
	if got := s.Counts().Exchanges; got != 2 {
		t.Errorf("%d exchanges, want 2", got)
	}
}

func TestUnknownEndpointsAreNotFound(t *testing.T) {
	s := start(t, Config{})
	for _, target := range []string{"GET /auth/cli/refresh", "POST /auth/cli/other"} {
		method, path, _ := strings.Cut(target, " ")
		if status, _ := send(t, method, s.URL+path, "", ""); status == 200 || status == 401 {
			t.Errorf("%s: status %d", target, status)
		}
	}
}

func TestLoginWritesWhatUvWrites(t *testing.T) {
	s := start(t, Config{})
	root := t.TempDir()
	path, err := s.LoginWithLeft(root, -time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if match, _ := filepath.Glob(filepath.Join(root, "????????????????", "tokens.json")); len(match) != 1 || match[0] != path {
		t.Errorf("the file is %s, found %q", path, match)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o600 != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestFaultsComeInTheirOrder(t *testing.T) {
	s := start(t, Config{})
	tokens := newLogin(t, s)
	ran := false
	s.Fail(Fault{Before: func() { ran = true }, Status: 503}, Fault{Status: 500, Spend: true})
	s.FailAlways(Fault{Status: 502})
	for _, want := range []int{503, 500, 502, 502} {
		if status, _ := refresh(t, s, tokens.Refresh); status != want {
			t.Errorf("status %d, want %d", status, want)
		}
	}
	s.Recover()
	if status, _ := refresh(t, s, tokens.Refresh); status != 401 {
		t.Errorf("a token that was spent without an answer: status %d, want 401", status)
	}
	if got := s.Counts(); !ran || got.Refreshes != 1 || got.Reuses != 1 {
		t.Errorf("counts %+v, Before ran: %v", got, ran)
	}
}
