package pyxtest

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/sesame-auth/sesame/providers/pyx/profile"
)

// Login begins a login and writes its tokens as uv does, below root, which is the value for
// PYX_CREDENTIALS_DIR: readable by all, in a directory named after the API. It
// returns the file's path.
func (s *Server) Login(root string) (path string, err error) {
	return s.LoginWithLeft(root, s.config.Lifetime)
}

// LoginWithLeft is Login with an access token that has left to live; it has
// expired if left is negative.
func (s *Server) LoginWithLeft(root string, left time.Duration) (path string, err error) {
	tokens, err := json.Marshal(s.newLogin(left))
	if err != nil {
		return "", err
	}
	dir := filepath.Join(root, profile.Digest(s.URL+"/"))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	path = filepath.Join(dir, profile.TokensFile)
	return path, os.WriteFile(path, tokens, 0o644)
}

// AccessToken makes an access token that belongs to no login and has left to live.
func (s *Server) AccessToken(left time.Duration) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.issueAccess(nil, left)
}

func (s *Server) newLogin(left time.Duration) pair {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.issue(&login{}, left)
}

// issue makes the next tokens of a login. The caller holds the lock.
func (s *Server) issue(l *login, left time.Duration) pair {
	s.serial++
	l.current = "refresh-" + strconv.Itoa(s.serial)
	s.logins[l.current] = l
	return pair{Access: s.issueAccess(l, left), Refresh: l.current}
}

// issueAccess makes an access token in the form of a JWT, without a signature. Its times
// are whole seconds, and its life is no shorter than left. The caller holds the
// lock.
func (s *Server) issueAccess(l *login, left time.Duration) string {
	s.serial++
	now := time.Now()
	expires := now.Add(left + time.Second - 1).Truncate(time.Second)
	issued := min(now.Unix(), expires.Add(-s.config.Lifetime).Unix())
	claims := `{"iss":"pyxtest","jti":"` + strconv.Itoa(s.serial) +
		`","iat":` + strconv.FormatInt(issued, 10) + `,"exp":` + strconv.FormatInt(expires.Unix(), 10) + `}`
	encode := base64.RawURLEncoding.EncodeToString
	token := encode([]byte(`{"alg":"none","typ":"JWT"}`)) + "." + encode([]byte(claims)) + "." + encode([]byte("unsigned"))
	s.access[token] = &access{expires: expires, login: l}
	return token
}
