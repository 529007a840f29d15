//go:build unix

package front

import (
	"errors"
	"io"
	"syscall"
	"time"
)

// stdin reads the request.
//
// It waits in the kernel, not for a timer of the runtime's: see lazyDeadline.
type stdin struct {
	until time.Time
	done  func() // called at the end of the request
}

func (s *stdin) Read(p []byte) (int, error) {
	if s.until.IsZero() {
		s.until = time.Now().Add(requestTime)
	}
	for {
		ready, err := readable(0, time.Until(s.until))
		if err == nil && !ready {
			return 0, errors.New("the request on stdin did not end within " + requestTime.String())
		}
		if err != nil && err != syscall.EINTR {
			return 0, err
		}
		if ready {
			break
		}
	}
	n, err := retry(func() (int, error) { return syscall.Read(0, p) })
	if n == 0 && err == nil {
		s.done()
		return 0, io.EOF
	}
	return max(n, 0), err
}

func writeAll(fd int, p []byte) (written int, err error) {
	for written < len(p) {
		n, err := retry(func() (int, error) { return syscall.Write(fd, p[written:]) })
		if err != nil {
			return written, err
		}
		written += n
	}
	return written, nil
}

// retry makes a call again that a signal interrupted.
func retry(call func() (int, error)) (int, error) {
	for {
		n, err := call()
		if err != syscall.EINTR {
			return n, err
		}
	}
}
