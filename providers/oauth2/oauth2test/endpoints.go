package oauth2test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// maxRequest bounds the body of a request, in bytes.
const maxRequest = 1 << 20

// A reply is what an endpoint answers: the error of RFC 6749, section 5.2, if it has one.
type reply struct {
	status int // zero means 200, or 400 with an error
	err    string
	body   any // sent as JSON, unless it is nil
	to     string
}

// refused is a reply that refuses. Its description has what a careless server may repeat: all that
// it was sent.
func refused(code string, form url.Values) reply {
	return reply{err: code, body: map[string]string{"error": code, "error_description": "not with " + form.Encode()}}
}

// handle serves an endpoint, unless a fault says otherwise. name is how a test names it.
func (s *Server) handle(method, path, name string, act func(r *http.Request) reply) {
	s.mux.HandleFunc(method+" "+path, func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxRequest)
		if r.ParseForm() != nil {
			http.Error(w, "not a form", http.StatusBadRequest)
			return
		}
		fault := s.nextFault(name)
		if fault != nil && fault.Before != nil {
			fault.Before()
		}
		var answer reply
		if fault == nil || fault.Spend || fault.passes() {
			answer = act(r)
		}
		if fault != nil && !fault.passes() {
			s.fail(w, r, fault)
			return
		}
		s.send(w, answer)
	})
}

func (s *Server) send(w http.ResponseWriter, answer reply) {
	if answer.err != "" {
		s.count(func(c *Counts) { c.Refusals++ })
		if answer.status == 0 {
			answer.status = http.StatusBadRequest
		}
	}
	if answer.to != "" {
		w.Header().Set("Location", answer.to)
		answer.status = http.StatusFound
	}
	w.Header().Set("Cache-Control", "no-store")
	if answer.body != nil {
		w.Header().Set("Content-Type", "application/json")
	}
	if answer.status != 0 {
		w.WriteHeader(answer.status)
	}
	if answer.body != nil {
		json.NewEncoder(w).Encode(answer.body)
	}
}

// metadata are those of RFC 8414, section 2.
func (s *Server) metadata(*http.Request) reply {
	s.count(func(c *Counts) { c.Metadata++ })
	base := strings.TrimSuffix(s.Issuer, "/")
	document := map[string]any{
		"issuer":                                         s.Issuer,
		"authorization_endpoint":                         base + "/authorize",
		"token_endpoint":                                 base + "/token",
		"device_authorization_endpoint":                  base + "/device",
		"revocation_endpoint":                            base + "/revoke",
		"response_types_supported":                       []string{"code"},
		"code_challenge_methods_supported":               []string{"S256"},
		"authorization_response_iss_parameter_supported": s.config.NamesItself,
	}
	if s.config.Metadata != nil {
		s.config.Metadata(document)
	}
	return reply{body: document}
}

// isClient checks who asks (RFC 6749, section 2.3.1): in one way, and no other.
func (s *Server) isClient(r *http.Request) bool {
	name, secret, header := r.BasicAuth()
	inBody := r.PostForm.Get("client_secret")
	if s.config.Secret == "" || s.config.InBody {
		return !header && r.PostForm.Get("client_id") == ClientID && inBody == s.config.Secret
	}
	name, nameErr := url.QueryUnescape(name)
	secret, secretErr := url.QueryUnescape(secret)
	return header && nameErr == nil && secretErr == nil && inBody == "" && name == ClientID && secret == s.config.Secret
}

func notClient(r *http.Request) reply {
	answer := refused("invalid_client", r.PostForm)
	answer.status = http.StatusUnauthorized
	return answer
}

// resource is a file that a token opens.
func (s *Server) resource(w http.ResponseWriter, r *http.Request) {
	_, token, basic := r.BasicAuth()
	if !basic {
		token, _ = strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	}
	if !s.Accepts(token) {
		w.Header().Set("WWW-Authenticate", "Bearer")
		http.Error(w, "no token that is good", http.StatusUnauthorized)
		return
	}
	s.count(func(c *Counts) { c.Resources++ })
	io.WriteString(w, "the file\n")
}
