package pyxtest

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
)

// session is a login in the browser. It begins when its page is opened.
type session struct {
	confirmed bool
	spent     bool // its tokens were handed out
}

// loginPath is where the page of a session is, before its UUID.
const loginPath = "/auth/cli/login/"

// uuid4 is a random UUID in the one form that is accepted (RFC 9562, section 5.4).
var uuid4 = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

// Confirm plays the person in the browser: it opens the page of a login, which is the URL that a
// client shows, and says yes there. From then on the client has its tokens for the asking, once.
func (s *Server) Confirm(page string) error {
	id, ok := strings.CutPrefix(page, s.URL+loginPath)
	if !ok {
		return errors.New("the login page of another server")
	}
	answer := httptest.NewRecorder()
	s.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, loginPath+id, nil))
	if answer.Code != http.StatusOK {
		return errors.New("the login page: " + http.StatusText(answer.Code))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sessions[id].confirmed = true
	return nil
}

// page is what the browser opens.
func (s *Server) page(w http.ResponseWriter, r *http.Request) {
	if status := s.open(r.PathValue("session")); status != http.StatusOK {
		http.Error(w, "not a login that can be confirmed", status)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	io.WriteString(w, "<!doctype html><title>Log in</title><p>A program on your machine wants to log in.\n")
}

// open begins a session, or shows it again.
func (s *Server) open(id string) (status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch found := s.sessions[id]; {
	case !uuid4.MatchString(id):
		return http.StatusBadRequest
	case found == nil:
		s.sessions[id] = &session{}
	case found.confirmed:
		return http.StatusGone
	}
	s.counts.Pages++
	return http.StatusOK
}

// status hands out the tokens of a session that is confirmed.
func (s *Server) status(r *http.Request, body []byte) (int, pair) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts.Polls++
	id := r.PathValue("session")
	found := s.sessions[id]
	switch {
	case !uuid4.MatchString(id), len(body) != 0:
		return http.StatusBadRequest, pair{}
	case found == nil, !found.confirmed:
		return http.StatusNotFound, pair{}
	case found.spent:
		return http.StatusGone, pair{}
	}
	found.spent = true
	s.counts.Logins++
	return http.StatusOK, s.issue(&login{}, s.config.Lifetime)
}

// logout ends the login that the access token belongs to, even if it has expired.
func (s *Server) logout(r *http.Request, _ []byte) (int, pair) {
	token, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.access[token]
	if !bearer || a == nil || a.login != nil && a.login.revoked {
		return http.StatusUnauthorized, pair{}
	}
	s.counts.Logouts++
	if a.login != nil {
		a.login.revoked = true
	}
	delete(s.access, token)
	return http.StatusNoContent, pair{}
}
