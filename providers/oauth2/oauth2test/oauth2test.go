// Package oauth2test is an authorization server that is as strict as the specifications let it
// be: a refresh token, a code and a token to be exchanged are good for once, whoever sends a spent
// refresh token loses the login, and a device that asks too soon is told so.
//
// It is for tests, on this machine: it listens on 127.0.0.1, or not at all.
package oauth2test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"time"
)

// ClientID is the name of the only client that the server knows.
const ClientID = "sesame-test"

// Config says how a server behaves. The zero value is the strictest server, with a public client,
// a metadata document as RFC 8414 says, and tokens that are JWTs and live an hour.
type Config struct {
	// URL is where the server says that it is. Then it does not listen, and
	// [Server.RoundTrip] is the only way to it. "": it listens.
	URL string
	// Path is that of the issuer's identifier, such as "/tenant". All endpoints are below it.
	Path string
	// OpenIDOnly has the metadata where OpenID Connect Discovery says, and nowhere else.
	OpenIDOnly bool
	// Metadata changes the metadata before they are sent.
	Metadata func(map[string]any)

	// Secret is the client's; "" means that it has none. InBody wants it in the request's
	// body, and not in a header.
	Secret string
	InBody bool

	// Lifetime is how long an access token is good for, from a second upwards; zero
	// means an hour.
	Lifetime time.Duration
	// Silent has no expires_in in the answers, Opaque no JWT.
	Silent, Opaque bool
	// Ahead is how far the server's clock is ahead.
	Ahead time.Duration
	// Reusable refresh tokens are good for ever, and answers have no other; so are tokens
	// to be exchanged.
	Reusable bool
	// NoRefresh gives no refresh tokens.
	NoRefresh bool

	// Interval is the least time between two questions of a device; zero is not said, and
	// means five seconds. CodeLifetime is how long its code is good; zero means ten minutes.
	Interval, CodeLifetime time.Duration
	// Refuse sends a browser back with this error and description.
	Refuse, RefuseDescription string
	// NamesItself sends its issuer's identifier back by the browser (RFC 9207).
	NamesItself bool
}

// Counts are what a server has seen since it was started.
type Counts struct {
	Requests    int // of any kind
	Metadata    int // metadata documents that were sent
	Devices     int // device codes that were given
	Polls       int // questions of devices
	Hasty       int // questions that came too soon
	Codes       int // authorization codes that were spent
	Refreshes   int // refresh tokens that were spent
	Reuses      int // spent refresh tokens that cost a login
	Credentials int // tokens for a client's own secret
	Exchanges   int // tokens that were exchanged
	Revocations int // tokens that were revoked
	Refusals    int // other answers that refused
	Resources   int // requests for a file with a token that is good
}

// A Server is the endpoints below [Server.Issuer], and behind every other path a file that only
// a token opens. It is an [http.Handler] and an [http.RoundTripper].
type Server struct {
	// URL is the scheme, host and port; Issuer is the issuer's identifier.
	URL, Issuer string

	config  Config
	mux     *http.ServeMux
	http    *httptest.Server // nil if it does not listen
	closing chan struct{}

	mu       sync.Mutex
	counts   Counts
	last     url.Values // of the last request to the token endpoint
	access   map[string]*access
	logins   map[string]*login // by every refresh token that each has had
	devices  map[string]*device
	codes    map[string]*code
	subjects map[string]bool
	faults   map[string][]Fault
	lasting  map[string]*Fault
	serial   int
}

// New starts a server. Stop it with Close.
func New(config Config) *Server {
	if config.Lifetime == 0 {
		config.Lifetime = time.Hour
	}
	s := &Server{
		URL: config.URL, config: config, mux: http.NewServeMux(), closing: make(chan struct{}),
		access: map[string]*access{}, logins: map[string]*login{}, devices: map[string]*device{},
		codes: map[string]*code{}, subjects: map[string]bool{},
		faults: map[string][]Fault{}, lasting: map[string]*Fault{},
	}
	path := strings.TrimSuffix(config.Path, "/")
	if !config.OpenIDOnly {
		s.handle("GET", "/.well-known/oauth-authorization-server"+path, "/metadata", s.metadata)
	}
	s.handle("GET", path+"/.well-known/openid-configuration", "/metadata", s.metadata)
	s.handle("GET", path+"/authorize", "/authorize", s.authorize)
	s.handle("POST", path+"/token", "/token", s.token)
	s.handle("POST", path+"/device", "/device", s.device)
	s.handle("POST", path+"/revoke", "/revoke", s.revoke)
	s.mux.HandleFunc("/.well-known/", http.NotFound)
	s.mux.HandleFunc("/", s.resource)
	if s.URL == "" {
		s.http = httptest.NewUnstartedServer(s)
		s.URL = "http://" + s.http.Listener.Addr().String()
	}
	s.Issuer = s.URL + config.Path
	if s.http != nil {
		s.http.Start()
	}
	return s
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

// Last returns the parameters of the last request to the token endpoint.
func (s *Server) Last() url.Values {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last
}

// ServeHTTP implements [http.Handler].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.count(func(c *Counts) { c.Requests++ })
	w.Header().Set("Date", s.now().UTC().Format(http.TimeFormat))
	s.mux.ServeHTTP(w, r)
}

// now is the time by the server's clock.
func (s *Server) now() time.Time { return time.Now().Add(s.config.Ahead) }

func (s *Server) count(change func(*Counts)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.counts)
}
