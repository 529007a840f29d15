package front

import (
	"context"
	"sync"
	"time"
)

// A lazyDeadline is a context that ends some time after the request is whole. It starts its
// timer when somebody waits: a hit waits for nothing, and a timer would start the
// network poller and a thread to wait there, a tenth of the cost of a hit.
type lazyDeadline struct {
	context.Context
	length time.Duration
	at     time.Time
	once   sync.Once
	timed  context.Context
	cancel context.CancelFunc
}

// begin starts the time: the tool has asked.
func (d *lazyDeadline) begin() { d.at = time.Now().Add(d.length) }

// Deadline returns when the context ends.
func (d *lazyDeadline) Deadline() (time.Time, bool) {
	if d.at.IsZero() {
		d.begin() // an operation without a request
	}
	return d.at, true
}

// Done returns the channel that is closed then.
func (d *lazyDeadline) Done() <-chan struct{} { return d.wait().Done() }

// Err returns DeadlineExceeded from then on.
func (d *lazyDeadline) Err() error {
	if at, _ := d.Deadline(); time.Now().Before(at) {
		return nil
	}
	<-d.Done() // never an error before the channel is closed
	return context.DeadlineExceeded
}

func (d *lazyDeadline) wait() context.Context {
	d.once.Do(func() {
		at, _ := d.Deadline()
		d.timed, d.cancel = context.WithDeadline(d.Context, at)
	})
	return d.timed
}

// stop stops the timer, if it was started.
func (d *lazyDeadline) stop() {
	if d.cancel != nil {
		d.cancel()
	}
}
