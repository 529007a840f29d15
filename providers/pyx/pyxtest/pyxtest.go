// Package pyxtest is a server that speaks to uv and to the provider pyx as the
// service at api.pyx.dev did, as strictly as it may be: a refresh token is good for once, and
// whoever sends a spent one loses the login; the tokens of a login in the browser are handed
// out once.
//
// It is for tests, on this machine: it listens on 127.0.0.1.
package pyxtest

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"time"
)

// Config says how a server behaves. The zero value is the strictest issuer, with
// tokens that live an hour.
type Config struct {
	// Lifetime is how long an access token is good for, from a second upwards; zero
	// means an hour.
	Lifetime time.Duration
	// Grace is how long after its use the last refresh token of a login is answered
	// again, with the same tokens. Zero: never.
	Grace time.Duration
	// Latency is how long an answer of the token endpoints is held back after the
	// server has done what it was asked: after a refresh token is spent, that is.
	Latency time.Duration
	// Keys are the API keys that are accepted.
	Keys []string
}

// Counts are what a server has seen since it was started.
type Counts struct {
	Requests  int // of any kind
	Refreshes int // refresh tokens that were spent
	Repeats   int // refresh tokens that were answered again, in their grace period
	Reuses    int // spent refresh tokens that cost a login
	Exchanges int // API keys that were exchanged
	Pages     int // pages of a login that were shown
	Polls     int // questions whether a login is confirmed
	Logins    int // confirmed logins whose tokens were handed out
	Logouts   int // logins, and tokens of API keys, that were ended by a logout
	Refusals  int // other answers of the token endpoints that refused
	Resources int // requests for a file with a token that is good
}

// A Server is the API, its token endpoints, and behind every other path a file that
// only a token opens.
type Server struct {
	// URL is the value for PYX_API_URL.
	URL string

	config  Config
	http    *httptest.Server // nil if it listens nowhere
	mux     *http.ServeMux
	closing chan struct{}

	mu       sync.Mutex
	counts   Counts
	access   map[string]*access
	logins   map[string]*login   // by every refresh token that each has had
	sessions map[string]*session // by the UUID of each
	faults   []Fault
	serial   int
	lasting  *Fault
}

// access is what the server knows of an access token.
type access struct {
	expires time.Time
	login   *login // nil if it is an API key's
}

// login is a family of refresh tokens, each made from the one before.
type login struct {
	revoked  bool
	current  string
	previous string
	rotated  time.Time
	answer   pair // what previous was answered with
}

// pair is the answer of the refresh endpoint, and what uv keeps.
type pair struct {
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token,omitempty"`
}

// New starts a server. Stop it with Close.
func New(config Config) *Server {
	s := NewUnstarted(config, "")
	s.http = httptest.NewServer(s)
	s.URL = s.http.URL
	return s
}

// NewUnstarted returns a server that listens nowhere: a test serves it, as the
// [http.Handler] that it is, at the URL. Stop it with Close.
func NewUnstarted(config Config, url string) *Server {
	if config.Lifetime == 0 {
		config.Lifetime = time.Hour
	}
	s := &Server{
		URL:      url,
		config:   config,
		mux:      http.NewServeMux(),
		closing:  make(chan struct{}),
		access:   map[string]*access{},
		logins:   map[string]*login{},
		sessions: map[string]*session{},
	}
	s.mux.HandleFunc("POST /auth/cli/refresh", s.tokenEndpoint(s.refresh))
	s.mux.HandleFunc("POST /auth/cli/access-token", s.tokenEndpoint(s.exchange))
	s.mux.HandleFunc("GET /auth/cli/login/{session}", s.page)
	s.mux.HandleFunc("GET /auth/cli/status/{session}", s.tokenEndpoint(s.status))
	s.mux.HandleFunc("GET /auth/cli/logout", s.tokenEndpoint(s.logout))
	s.mux.HandleFunc("/auth/", http.NotFound)
	s.mux.HandleFunc("/", s.resource)
	return s
}

// ServeHTTP answers a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.count(func(c *Counts) { c.Requests++ })
	s.mux.ServeHTTP(w, r)
}

// Close ends all that hangs, and stops the server.
func (s *Server) Close() {
	close(s.closing)
	if s.http != nil {
		s.http.Close()
	}
}

// Counts returns what the server has seen so far.
func (s *Server) Counts() Counts {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.counts
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

// Accepts reports whether a file would be served for the access token.
func (s *Server) Accepts(token string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.access[token]
	return a != nil && time.Now().Before(a.expires) && (a.login == nil || !a.login.revoked)
}

func (s *Server) count(change func(*Counts)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.counts)
}
