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

// tokenEndpoint does what the faults say, and then what it was asked.
func (s *Server) tokenEndpoint(act func(r *http.Request, body []byte) (pair, bool)) http.HandlerFunc {
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
		var answer pair
		ok := true
		if fault == nil || fault.Spend || fault.passes() {
			answer, ok = act(r, body)
		}
		s.wait(r, s.config.Latency)
		switch {
		case fault != nil && !fault.passes():
			s.fail(w, r, fault)
		case !ok:
			s.count(func(c *Counts) { c.Refusals++ })
			http.Error(w, "refused", http.StatusUnauthorized)
		default:
			w.Header().Set("Content-Type", "application/json")
			json.NewEncoder(w).Encode(answer)
		}
	}
}

// refresh spends a refresh token.
func (s *Server) refresh(_ *http.Request, body []byte) (pair, bool) {
	var sent pair
	if err := json.Unmarshal(body, &sent); err != nil {
		return pair{}, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.logins[sent.Refresh]
	switch {
	case l == nil || l.revoked:
		return pair{}, false
	case sent.Refresh == l.current:
		s.counts.Refreshes++
		l.previous, l.rotated = l.current, time.Now()
		l.answer = s.issue(l, s.config.Lifetime)
		return l.answer, true
	case sent.Refresh == l.previous && time.Since(l.rotated) < s.config.Grace:
		s.counts.Repeats++
		return l.answer, true
	}
	s.counts.Reuses++
	l.revoked = true
	return pair{}, false
}

// exchange makes an access token for an API key.
func (s *Server) exchange(r *http.Request, body []byte) (pair, bool) {
	key, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	s.mu.Lock()
	defer s.mu.Unlock()
	if !bearer || len(body) != 0 || !slices.Contains(s.config.Keys, key) {
		return pair{}, false
	}
	s.counts.Exchanges++
	return pair{Access: s.issueAccess(nil, s.config.Lifetime)}, true
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
