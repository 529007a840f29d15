package oauth2test

import (
	"io"
	"net/http"
)

// A Fault is what goes wrong with one request to an endpoint. With nothing set but Before,
// nothing does.
type Fault struct {
	// Before runs when the request is there, before anything else: it changes the
	// world while a request is in flight.
	Before func()
	// Spend says that the server does what it is asked before the answer goes wrong, so
	// that a refresh token is spent.
	Spend bool

	// Status is the answer's; zero with any of the fields below means 200.
	Status int
	// RetryAfter, Location, Date and ContentType are the headers of these names. Without the
	// last it is JSON.
	RetryAfter, Location, Date, ContentType string
	// Body is the answer's.
	Body string
	// Zeros is how many bytes of zeros follow the body.
	Zeros int64
	// StallHeaders sends nothing until the client goes away.
	StallHeaders bool
	// StallBody sends the body, says that there is more, and sends nothing until
	// the client goes away.
	StallBody bool
	// Drop closes the connection without an answer.
	Drop bool
}

// Fail makes the next requests to an endpoint go wrong, one for each fault. The endpoints are
// "/metadata", "/authorize", "/token", "/device" and "/revoke".
func (s *Server) Fail(endpoint string, faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults[endpoint] = append(s.faults[endpoint], faults...)
}

// FailAlways makes all requests to an endpoint go wrong, after those of Fail, until Recover.
func (s *Server) FailAlways(endpoint string, fault Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lasting[endpoint] = &fault
}

// Recover forgets all faults.
func (s *Server) Recover() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.faults)
	clear(s.lasting)
}

func (s *Server) nextFault(endpoint string) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	faults := s.faults[endpoint]
	if len(faults) == 0 {
		return s.lasting[endpoint]
	}
	s.faults[endpoint] = faults[1:]
	return &faults[0]
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
	w.Header().Set("Content-Type", "application/json")
	for name, value := range map[string]string{
		"Retry-After": f.RetryAfter, "Location": f.Location, "Date": f.Date, "Content-Type": f.ContentType,
	} {
		if value != "" {
			w.Header().Set(name, value)
		}
	}
	if f.Status != 0 {
		w.WriteHeader(f.Status)
	}
	io.WriteString(w, f.Body)
	io.CopyN(w, zeros{}, f.Zeros)
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
