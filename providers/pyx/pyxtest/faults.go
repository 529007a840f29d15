package pyxtest

import (
	"compress/gzip"
	"io"
	"net/http"
)

// A Fault is what goes wrong with one request to a token endpoint: every one but the page of
// a login. With nothing set but Before, nothing does.
type Fault struct {
	// Before runs when the request is there, before anything else: it changes the
	// world while a request is in flight.
	Before func()
	// Spend says that the server does what it is asked before the answer goes wrong, so
	// that a refresh token, or a confirmed login, is spent.
	Spend bool

	// Status is the answer's; zero with any of the fields below means 200.
	Status int
	// RetryAfter is the header of that name.
	RetryAfter string
	// Location is the header of that name.
	Location string
	// Body is the answer's.
	Body string
	// Zeros is how many bytes of zeros follow the body.
	Zeros int64
	// Gzip compresses the body and the zeros.
	Gzip bool
	// StallHeaders sends nothing until the client goes away.
	StallHeaders bool
	// StallBody sends the body, says that there is more, and sends nothing until
	// the client goes away.
	StallBody bool
	// Drop closes the connection without an answer.
	Drop bool
}

// Fail makes the next requests to the token endpoints go wrong, one for each fault.
func (s *Server) Fail(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, faults...)
}

// FailAlways makes all requests to the token endpoints go wrong, after those of Fail, until
// Recover.
func (s *Server) FailAlways(fault Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lasting = &fault
}

// Recover forgets all faults.
func (s *Server) Recover() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults, s.lasting = nil, nil
}

func (s *Server) nextFault() *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.faults) == 0 {
		return s.lasting
	}
	fault := s.faults[0]
	s.faults = s.faults[1:]
	return &fault
}

// passes reports whether the request is answered as if there were no fault.
func (f *Fault) passes() bool {
	return f.Status == 0 && f.Body == "" && f.Zeros == 0 && !f.StallHeaders && !f.StallBody && !f.Drop
}

func (s *Server) fail(w http.ResponseWriter, r *http.Request, f *Fault) {
	switch {
	case f.Drop:
		panic(http.ErrAbortHandler)
	case f.StallHeaders:
		s.stall(r)
		panic(http.ErrAbortHandler)
	}
	for name, value := range map[string]string{"Retry-After": f.RetryAfter, "Location": f.Location} {
		if value != "" {
			w.Header().Set(name, value)
		}
	}
	var out io.Writer = w
	if f.Gzip {
		w.Header().Set("Content-Encoding", "gzip")
		compressed := gzip.NewWriter(w)
		defer compressed.Close()
		out = compressed
	}
	if f.Status != 0 {
		w.WriteHeader(f.Status)
	}
	io.WriteString(out, f.Body)
	io.CopyN(out, zeros{}, f.Zeros)
	if f.StallBody {
		http.NewResponseController(w).Flush()
		s.stall(r)
		panic(http.ErrAbortHandler)
	}
}

// stall waits until the client goes away or the server is closed.
func (s *Server) stall(r *http.Request) {
	select {
	case <-r.Context().Done():
	case <-s.closing:
	}
}

// zeros is a file without end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
