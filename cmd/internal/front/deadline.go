package front

import (
	"context"
	"sync"
	"time"
)

// A lazyDeadline is a context with a deadline that starts its timer when somebody waits. A hit
// waits for nothing, and a timer would cost it a tenth more: see stdin.
type lazyDeadline struct {
	context.Context
	at     time.Time
	once   sync.Once
	timed  context.Context
	cancel context.CancelFunc
}

// Deadline returns when the context ends.
func (d *lazyDeadline) Deadline() (time.Time, bool) { return d.at, true }

// Done returns the channel that is closed then.
func (d *lazyDeadline) Done() <-chan struct{} { return d.wait().Done() }

// Err returns DeadlineExceeded from then on.
func (d *lazyDeadline) Err() error {
	if time.Now().Before(d.at) {
		return nil
	}
	<-d.Done() // never an error before the channel is closed
	return context.DeadlineExceeded
}

func (d *lazyDeadline) wait() context.Context {
	d.once.Do(func() {
		d.timed, d.cancel = context.WithDeadline(d.Context, d.at)
	})
	return d.timed
}

// stop stops the timer, if it was started.
func (d *lazyDeadline) stop() {
	if d.cancel != nil {
		d.cancel()
	}
}
