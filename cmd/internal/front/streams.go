package front

import "time"

// requestTime is how long a tool may take to write its request, from the first look at it. A
// tool that never closes its end would otherwise hang the build, without a word; one that
// starts a thousand helpers at once on a busy machine needs its time.
const requestTime = 8 * time.Second

// stdout takes the answer.
type stdout struct {
	written bool // there is one
}

func (s *stdout) Write(p []byte) (int, error) {
	s.written = true
	return writeAll(1, p)
}

type stderr struct{}

func (stderr) Write(p []byte) (int, error) { return writeAll(2, p) }
