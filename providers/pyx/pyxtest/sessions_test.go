package pyxtest

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

const (
	mine   = "0b5c9f0e-53a1-4d8e-9b1f-6a1f0c2d3e4f"
	theirs = "11111111-2222-4333-8444-555555555555"
)

func poll(t *testing.T, s *Server, session string) (status int, answer pair) {
	t.Helper()
	return send(t, "GET", s.URL+"/auth/cli/status/"+session, "", "")
}

// A server that hands the tokens out twice, or to another session, would let a client pass that
// loses them, or gives them away.
func TestSessionIsGoodForOnce(t *testing.T) {
	s := start(t, Config{})
	for _, when := range []string{"before its page is open", "before it is confirmed"} {
		if status, _ := poll(t, s, mine); status != 404 {
			t.Errorf("%s: status %d, want 404", when, status)
		}
		if status, _ := send(t, "GET", s.URL+"/auth/cli/login/"+mine, "", ""); status != 200 {
			t.Errorf("the page: status %d", status)
		}
	}
	if err := s.Confirm(s.URL + "/auth/cli/login/" + mine); err != nil {
		t.Fatal(err)
	}
	if status, _ := poll(t, s, theirs); status != 404 {
		t.Errorf("another session: status %d, want 404", status)
	}
	status, tokens := poll(t, s, mine)
	if status != 200 || !s.Accepts(tokens.Access) {
		t.Errorf("confirmed: status %d, want tokens that are good", status)
	}
	if status, _ := refresh(t, s, tokens.Refresh); status != 200 {
		t.Errorf("its refresh token: status %d", status)
	}
	if status, _ := poll(t, s, mine); status != 410 {
		t.Errorf("again: status %d, want 410", status)
	}
	if status, _ := send(t, "GET", s.URL+"/auth/cli/login/"+mine, "", ""); status != 410 {
		t.Errorf("the page, again: status %d, want 410", status)
	}
	if err := s.Confirm(s.URL + "/auth/cli/login/" + mine); err == nil {
		t.Error("it is confirmed again")
	}
	if got := s.Counts(); got.Pages != 3 || got.Polls != 5 || got.Logins != 1 || got.Refusals != 0 {
		t.Errorf("counts %+v", got)
	}
}

// What a client makes up must be a random UUID in the form that uv's is.
func TestSessionIsARandomUUID(t *testing.T) {
	s := start(t, Config{})
	for _, session := range []string{
		"1", "11111111-2222-1333-8444-555555555555", "11111111-2222-4333-c444-555555555555",
		"11111111222243338444555555555555", "0B5C9F0E-53A1-4D8E-9B1F-6A1F0C2D3E4F", mine + "0",
	} {
		if status, _ := poll(t, s, session); status != 400 {
			t.Errorf("status of %s: %d, want 400", session, status)
		}
		if err := s.Confirm(s.URL + "/auth/cli/login/" + session); err == nil {
			t.Errorf("%s is confirmed", session)
		}
	}
	if err := s.Confirm("https://api.pyx.dev/auth/cli/login/" + mine); err == nil {
		t.Error("the page of another server is confirmed")
	}
}

// A fault may lose the tokens on their way, or come before them.
func TestFaultsOfASession(t *testing.T) {
	s := start(t, Config{})
	if err := s.Confirm(s.URL + "/auth/cli/login/" + mine); err != nil {
		t.Fatal(err)
	}
	s.Fail(Fault{Status: 503}, Fault{Status: 500, Spend: true})
	for _, want := range []int{503, 500, 410} {
		if status, _ := poll(t, s, mine); status != want {
			t.Errorf("status %d, want %d", status, want)
		}
	}
}

// The access token says which login ends, even after its own end.
func TestLogoutEndsALogin(t *testing.T) {
	s := start(t, Config{Keys: []string{"sk"}, Lifetime: time.Second})
	logout := func(authorization string) int {
		t.Helper()
		status, _ := send(t, "GET", s.URL+"/auth/cli/logout", authorization, "")
		return status
	}
	tokens, other := newLogin(t, s), newLogin(t, s)
	_, key := send(t, "POST", s.URL+"/auth/cli/access-token", "Bearer sk", "")
	for _, authorization := range []string{"", "Bearer opaque", "Basic " + tokens.Access, "Bearer " + tokens.Refresh} {
		if status := logout(authorization); status != 401 {
			t.Errorf("%s: status %d, want 401", authorization, status)
		}
	}
	s.mu.Lock()
	s.access[tokens.Access].expires = time.Now().Add(-time.Hour)
	s.mu.Unlock()
	for name, token := range map[string]string{"login": tokens.Access, "key": key.Access} {
		if status := logout("Bearer " + token); status != 204 {
			t.Errorf("%s: status %d, want 204", name, status)
		}
		if status := logout("Bearer " + token); status != 401 || s.Accepts(token) {
			t.Errorf("%s, again: status %d, want 401", name, status)
		}
	}
	if status, _ := refresh(t, s, tokens.Refresh); status != 401 {
		t.Errorf("the login goes on: status %d", status)
	}
	if status, _ := refresh(t, s, other.Refresh); status != 200 {
		t.Errorf("another login has ended: status %d", status)
	}
	if got := s.Counts(); got.Logouts != 2 {
		t.Errorf("counts %+v", got)
	}
}

// In the time of a bubble there is no network.
func TestUnstartedServerIsAHandler(t *testing.T) {
	s := NewUnstarted(Config{}, "http://127.0.0.1:1")
	defer s.Close()
	if err := s.Confirm("http://127.0.0.1:1/auth/cli/login/" + mine); err != nil {
		t.Fatal(err)
	}
	answer := httptest.NewRecorder()
	s.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/auth/cli/status/"+mine, nil))
	if answer.Code != 200 {
		t.Errorf("status %d", answer.Code)
	}
}
