package front

import (
	"errors"
	"io"
	"os"
	"time"
)

// stdin reads the request.
type stdin struct {
	until time.Time
	done  func() // called at the end of the request
}

func (s *stdin) Read(p []byte) (int, error) {
	if s.until.IsZero() {
		s.until = time.Now().Add(requestTime)
	}
	type result struct {
		text []byte
		err  error
	}
	read := make(chan result, 1)
	size := len(p)
	go func() { // a read that has begun cannot be given up: p must not be what it fills
		text := make([]byte, size)
		n, err := os.Stdin.Read(text)
		read <- result{text[:n], err}
	}()
	select {
	case r := <-read:
		if r.err == io.EOF {
			s.done()
		}
		return copy(p, r.text), r.err
	case <-time.After(time.Until(s.until)):
		return 0, errors.New("the request on stdin did not end within " + requestTime.String())
	}
}

func writeAll(fd int, p []byte) (written int, err error) {
	if fd == 1 {
		return os.Stdout.Write(p)
	}
	return os.Stderr.Write(p)
}
