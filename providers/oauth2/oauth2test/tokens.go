package oauth2test

import (
	"encoding/base64"
	"net/url"
	"strconv"
	"time"
)

// access is what the server knows of an access token.
type access struct {
	expires time.Time
	login   *login // nil if nobody logged in for it
}

// SubjectToken makes a token that can be exchanged, once.
func (s *Server) SubjectToken() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := s.next("subject")
	s.subjects[name] = true
	return name
}

// Accepts reports whether a file would be served for the access token.
func (s *Server) Accepts(token string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.access[token]
	return a != nil && s.now().Before(a.expires) && (a.login == nil || !a.login.revoked)
}

// Revoke ends every login and every access token, as an administrator does.
func (s *Server) Revoke() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.logins {
		l.revoked = true
	}
	clear(s.access)
}

// next makes a name that was never used. The caller holds the lock.
func (s *Server) next(kind string) string {
	s.serial++
	return kind + "-" + strconv.Itoa(s.serial)
}

// nextRefresh makes the next refresh token of a login. The caller holds the lock.
func (s *Server) nextRefresh(l *login) string {
	l.current = s.next("refresh")
	s.logins[l.current] = l
	return l.current
}

// answer makes the tokens of an answer (RFC 6749, section 5.1; RFC 8693, section 2.2.1). The caller
// holds the lock.
func (s *Server) answer(l *login, form url.Values) reply {
	body := map[string]any{"access_token": s.accessToken(l, s.config.Lifetime), "token_type": "bearer"}
	if !s.config.Silent {
		body["expires_in"] = int(s.config.Lifetime.Seconds())
	}
	if form.Get("grant_type") == exchangeGrant {
		body["issued_token_type"] = "urn:ietf:params:oauth:token-type:access_token"
	}
	keeps := l != nil && l.current != "" && s.config.Reusable
	if l != nil && !s.config.NoRefresh && !keeps {
		body["refresh_token"] = s.nextRefresh(l)
	}
	return reply{body: body}
}

// accessToken makes an access token: a JWT without a signature, with times by the server's
// clock, or an opaque one. The caller holds the lock.
func (s *Server) accessToken(l *login, lifetime time.Duration) string {
	token, now := s.next("access"), s.now()
	if !s.config.Opaque {
		claims := `{"iss":"` + s.Issuer + `","jti":"` + token + `","iat":` + strconv.FormatInt(now.Unix(), 10) +
			`,"exp":` + strconv.FormatInt(now.Add(lifetime).Unix(), 10) + `}`
		encode := base64.RawURLEncoding.EncodeToString
		token = encode([]byte(`{"alg":"none","typ":"JWT"}`)) + "." + encode([]byte(claims)) + "." + encode([]byte("unsigned"))
	}
	s.access[token] = &access{expires: now.Add(lifetime), login: l}
	return token
}
