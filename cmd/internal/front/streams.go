//go:build unix

package front

import (
	"errors"
	"io"
	"syscall"
	"time"
)

// requestTime is how long a tool may take to write its request. A tool that never closes
// its end would otherwise hang the build, without a word.
const requestTime = 5 * time.Second

// stdin reads the request until the moment it must be whole.
//
// It waits in the kernel, since a timer of the runtime's would start its network poller and
// a thread to wait there: a tenth of the cost of a hit.
type stdin struct {
	until time.Time
}

func (s stdin) Read(p []byte) (int, error) {
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
		return 0, io.EOF
	}
	return max(n, 0), err
}

type stdout struct{}

func (stdout) Write(p []byte) (int, error) { return writeAll(1, p) }

type stderr struct{}

func (stderr) Write(p []byte) (int, error) { return writeAll(2, p) }

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
