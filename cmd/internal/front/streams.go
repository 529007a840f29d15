//go:build unix

package front

import (
	"io"
	"syscall"
	"time"
)

// requestTime is how long a tool may take to write its request. A tool that never closes
// its end would otherwise hang the build, without a word.
const requestTime = 5 * time.Second

// stdin reads the request. It gives up, and the program with it, when the request is
// not whole in time.
type stdin struct {
	watchdog *time.Timer
}

func (s *stdin) Read(p []byte) (int, error) {
	if s.watchdog == nil {
		s.watchdog = time.AfterFunc(requestTime, func() {
			say("the request on stdin did not end within " + requestTime.String())
			syscall.Exit(1)
		})
	}
	n, err := retry(func() (int, error) { return syscall.Read(0, p) })
	if err != nil {
		s.watchdog.Stop()
		return 0, err
	}
	if n == 0 {
		s.watchdog.Stop()
		return 0, io.EOF
	}
	return n, nil
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
