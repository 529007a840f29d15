package oauth2test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
)

// RoundTrip answers in process, without a network, so that it can be used where time is not real. It
// implements [http.RoundTripper].
func (s *Server) RoundTrip(r *http.Request) (*http.Response, error) {
	recorder := httptest.NewRecorder()
	done := make(chan error, 1)
	go func() {
		defer func() {
			if v := recover(); v != nil {
				done <- errors.New("the connection was closed")
			}
		}()
		asked := r.Clone(r.Context())
		asked.RequestURI = r.URL.RequestURI()
		if asked.Body == nil {
			asked.Body = http.NoBody
		}
		s.ServeHTTP(recorder, asked)
		done <- nil
	}()
	select {
	case err := <-done:
		if err != nil {
			return nil, err
		}
		return recorder.Result(), nil
	case <-r.Context().Done():
		return nil, context.Cause(r.Context())
	}
}
