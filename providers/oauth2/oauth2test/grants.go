package oauth2test

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"time"
)

// token is the token endpoint.
func (s *Server) token(r *http.Request) reply {
	form := r.PostForm
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = form
	if !s.isClient(r) && !(form.Get("grant_type") == exchangeGrant && s.config.Secret == "" && form.Get("client_id") == "") {
		return notClient(r)
	}
	switch form.Get("grant_type") {
	case "refresh_token":
		return s.refresh(form)
	case "authorization_code":
		return s.spendCode(form)
	case "client_credentials":
		if s.config.Secret == "" {
			return refused("unauthorized_client", form)
		}
		s.counts.Credentials++
		return s.answer(nil, form)
	case exchangeGrant:
		return s.exchange(form)
	case deviceGrant:
		return s.poll(form)
	}
	return refused("unsupported_grant_type", form)
}

const (
	exchangeGrant = "urn:ietf:params:oauth:grant-type:token-exchange"
	deviceGrant   = "urn:ietf:params:oauth:grant-type:device_code"
)

// refresh spends a refresh token (RFC 6749, section 6; RFC 9700, section 4.14.2).
func (s *Server) refresh(form url.Values) reply {
	sent := form.Get("refresh_token")
	l := s.logins[sent]
	switch {
	case l == nil || l.revoked:
		return refused("invalid_grant", form)
	case sent == l.current:
		s.counts.Refreshes++
		return s.answer(l, form)
	}
	s.counts.Reuses++
	l.revoked = true
	return refused("invalid_grant", form)
}

// spendCode spends an authorization code (RFC 6749, section 4.1.3; RFC 7636, section 4.6).
func (s *Server) spendCode(form url.Values) reply {
	c := s.codes[form.Get("code")]
	delete(s.codes, form.Get("code"))
	sum := sha256.Sum256([]byte(form.Get("code_verifier")))
	challenge := base64.RawURLEncoding.EncodeToString(sum[:])
	if c == nil || c.challenge != challenge || c.redirect != form.Get("redirect_uri") {
		return refused("invalid_grant", form)
	}
	s.counts.Codes++
	return s.answer(&login{}, form)
}

// exchange exchanges a token that [Server.SubjectToken] made, once (RFC 8693, section 2).
func (s *Server) exchange(form url.Values) reply {
	subject := form.Get("subject_token")
	if !s.subjects[subject] || form.Get("subject_token_type") == "" {
		return refused("invalid_request", form)
	}
	if !s.config.Reusable {
		delete(s.subjects, subject)
	}
	s.counts.Exchanges++
	return s.answer(nil, form)
}

// poll answers the question of a device (RFC 8628, section 3.5).
func (s *Server) poll(form url.Values) reply {
	s.counts.Polls++
	d := s.devices[form.Get("device_code")]
	if d == nil {
		return refused("invalid_grant", form)
	}
	now := time.Now()
	early := now.Sub(d.asked) < d.interval
	d.asked = now
	switch {
	case !now.Before(d.expires):
		return refused("expired_token", form)
	case early:
		s.counts.Hasty++
		d.interval += 5 * time.Second
		return refused("slow_down", form)
	case d.denied:
		return refused("access_denied", form)
	case !d.confirmed:
		return refused("authorization_pending", form)
	}
	delete(s.devices, form.Get("device_code"))
	return s.answer(&login{}, form)
}

// revoke ends a login, or an access token (RFC 7009, section 2).
func (s *Server) revoke(r *http.Request) reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.isClient(r) {
		return notClient(r)
	}
	s.counts.Revocations++
	sent := r.PostForm.Get("token")
	if l := s.logins[sent]; l != nil {
		l.revoked = true
	}
	delete(s.access, sent)
	return reply{status: http.StatusOK}
}
