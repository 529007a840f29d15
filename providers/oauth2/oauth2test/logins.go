package oauth2test

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/sesame-auth/sesame/providers"
)

// login is a family of refresh tokens, each made from the one before.
type login struct {
	revoked bool
	current string
}

// device is a login on another device that has begun.
type device struct {
	user              string
	interval          time.Duration
	asked, expires    time.Time
	confirmed, denied bool
}

// code is what a browser brought back.
type code struct {
	challenge, redirect string
}

// Login begins a login as if somebody had confirmed one, and returns its first refresh
// token.
func (s *Server) Login() (refreshToken string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.nextRefresh(&login{})
}

// Confirm has somebody confirm the login that shows this code on its device. It reports whether
// there is one.
func (s *Server) Confirm(userCode string) bool {
	return s.decide(userCode, func(d *device) { d.confirmed = true })
}

// Deny has somebody refuse it.
func (s *Server) Deny(userCode string) bool {
	return s.decide(userCode, func(d *device) { d.denied = true })
}

func (s *Server) decide(userCode string, how func(*device)) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.devices {
		if d.user == userCode {
			how(d)
			return true
		}
	}
	return false
}

// device begins a login on another device (RFC 8628, section 3.2).
func (s *Server) device(r *http.Request) reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.isClient(r) {
		return notClient(r)
	}
	s.counts.Devices++
	lifetime := s.config.CodeLifetime
	if lifetime == 0 {
		lifetime = 10 * time.Minute
	}
	interval := s.config.Interval
	if interval == 0 {
		interval = 5 * time.Second
	}
	name, now := s.next("device-code"), time.Now()
	d := &device{user: "WDJB-" + strconv.Itoa(s.serial), interval: interval, asked: now, expires: now.Add(lifetime)}
	s.devices[name] = d
	body := map[string]any{
		"device_code": name, "user_code": d.user, "verification_uri": s.URL + "/activate",
		"verification_uri_complete": s.URL + "/activate?user_code=" + d.user, "expires_in": int(lifetime.Seconds()),
	}
	if s.config.Interval != 0 {
		body["interval"] = int(interval.Seconds())
	}
	return reply{body: body}
}

// authorize is the page in the browser, where somebody has just confirmed (RFC 6749, section 4.1.1; RFC 7636,
// section 4.3; RFC 8252, section 7.3).
func (s *Server) authorize(r *http.Request) reply {
	query := r.URL.Query()
	back := query.Get("redirect_uri")
	u, err := providers.ParseURL(back)
	switch {
	case query.Get("client_id") != ClientID || err != nil || u.Scheme != "http" || !u.IsLoopback() || u.Port == "":
		return reply{status: http.StatusBadRequest, err: "invalid_request"} // nobody is sent to such a place
	case query.Get("response_type") != "code" || query.Get("state") == "" || query.Get("code_challenge") == "" ||
		query.Get("code_challenge_method") != "S256":
		return reply{to: back + "?error=invalid_request"}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	answer := url.Values{"state": {query.Get("state")}}
	if s.config.NamesItself {
		answer.Set("iss", s.Issuer)
	}
	if s.config.Refuse != "" {
		answer.Set("error", s.config.Refuse)
		answer.Set("error_description", s.config.RefuseDescription)
		return reply{to: back + "?" + answer.Encode()}
	}
	name := s.next("code")
	s.codes[name] = &code{challenge: query.Get("code_challenge"), redirect: back}
	answer.Set("code", name)
	return reply{to: back + "?" + answer.Encode()}
}
