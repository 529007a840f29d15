package pyxtest

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// maxRequest bounds the body of a request, in bytes.
const maxRequest = 1 << 20

// An action is what an endpoint does; tokens are sent with the status 200 only.
type action func(r *http.Request, body []byte) (status int, answer pair)

// tokenEndpoint does what the faults say, and then what it was asked.
func (s *Server) tokenEndpoint(act action) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
		if err != nil {
			http.Error(w, "request too long", http.StatusRequestEntityTooLarge)
			return
		}
		fault := s.nextFault()
		if fault != nil && fault.Before != nil {
			fault.Before()
		}
		status, answer := http.StatusOK, pair{}
		if fault == nil || fault.Spend || fault.passes() {
			status, answer = act(r, body)
		}
		s.wait(r, s.config.Latency)
		switch {
		case fault != nil && !fault.passes():
			s.fail(w, r, fault)
		case status == http.StatusUnauthorized:
			s.count(func(c *Counts) { c.Refusals++ })
			http.Error(w, "refused", status)
		case status != http.StatusOK:
			w.WriteHeader(status)
		default:
			w.Header().Set("Content-Type", "application/json")
			json.NewEncoder(w).Encode(answer)
		}
	}
}

// refresh spends a refresh token.
func (s *Server) refresh(_ *http.Request, body []byte) (int, pair) {
	var sent pair
	if err := json.Unmarshal(body, &sent); err != nil {
		return http.StatusUnauthorized, pair{}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.logins[sent.Refresh]
	switch {
	case l == nil || l.revoked:
		return http.StatusUnauthorized, pair{}
	case sent.Refresh == l.current:
		s.counts.Refreshes++
		l.previous, l.rotated = l.current, time.Now()
		l.answer = s.issue(l, s.config.Lifetime)
		return http.StatusOK, l.answer
	case sent.Refresh == l.previous && time.Since(l.rotated) < s.config.Grace:
		s.counts.Repeats++
		return http.StatusOK, l.answer
	}
	s.counts.Reuses++
	l.revoked = true
	return http.StatusUnauthorized, pair{}
}

// exchange makes an access token for an API key.
func (s *Server) exchange(r *http.Request, body []byte) (int, pair) {
	key, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	s.mu.Lock()
	defer s.mu.Unlock()
	if !bearer || len(body) != 0 || !slices.Contains(s.config.Keys, key) {
		return http.StatusUnauthorized, pair{}
	}
	s.counts.Exchanges++
	return http.StatusOK, pair{Access: s.issueAccess(nil, s.config.Lifetime)}
}

// resource is a file that a token opens.
func (s *Server) resource(w http.ResponseWriter, r *http.Request) {
	token, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !bearer || !s.Accepts(token) {
		w.Header().Set("WWW-Authenticate", "Bearer")
		http.Error(w, "no token that is good", http.StatusUnauthorized)
		return
	}
	s.count(func(c *Counts) { c.Resources++ })
	io.WriteString(w, "the file\n")
}

// wait holds an answer back, unless the client goes away or the server is closed.
func (s *Server) wait(r *http.Request, d time.Duration) {
	if d == 0 {
		return
	}
	select {
	case <-time.After(d):
	case <-r.Context().Done():
	case <-s.closing:
	}
}
