package host

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc/codes"

	"github.com/sesame-auth/sesame/plugins/internal/wire"
)

// explainStart returns what a person must know of a start that ended with err.
func (p *process) explainStart(ctx context.Context, err error) error {
	p.mu.Lock()
	startError, spoke, line, ended := p.err, p.spoke, p.line, p.ended
	p.mu.Unlock()
	fields := strings.Split(line, "|")
	switch {
	case startError != nil && ctx.Err() == nil:
		if e, ok := errors.AsType[*fs.PathError](startError); ok {
			startError = e.Err
		}
		return fmt.Errorf("it cannot be executed: %w", startError)
	case spoke && len(fields) < 5:
		err = fmt.Errorf("it wrote %s to stdout, where the handshake alone belongs", strconv.Quote(line))
	case len(fields) >= 5 && fields[1] != strconv.Itoa(wire.Version):
		err = fmt.Errorf("it speaks version %q of the plugin protocol, sesame speaks %d: "+
			"install releases that match", fields[1], wire.Version)
	case ctx.Err() != nil:
		err = fmt.Errorf("it was not ready in time: %w", context.Cause(ctx))
	case ended != "":
		err = fmt.Errorf("it ended before it was ready (%s)", ended)
	}
	return p.withTail(err)
}

// explainCall returns what a person must know of a call that failed with err.
func (p *process) explainCall(ctx context.Context, err error) error {
	if late := overdue(ctx, err); late != nil {
		return p.withTail(fmt.Errorf("it did not answer in time: %w", late))
	}
	if call, ok := errors.AsType[*wire.CallError](err); ok && call.Code == codes.Unavailable {
		if ended := p.endsSoon(ctx); ended != "" {
			return p.withTail(fmt.Errorf("it ended instead of answering (%s)", ended))
		}
	}
	return err
}

// overdue returns why a call that failed with err had no more time; nil if it had. The plugin counts the time too, and its
// clock may be a little ahead.
func overdue(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if call, ok := errors.AsType[*wire.CallError](err); ok && call.Code == codes.DeadlineExceeded {
		return context.DeadlineExceeded
	}
	return nil
}

// endsSoon waits a moment for the end of a process whose connection broke, and says how it
// ended by itself; "" if it did not.
func (p *process) endsSoon(ctx context.Context) string {
	select {
	case <-p.done:
	case <-ctx.Done():
	case <-time.After(2 * settle): // for the process, and for its pipes
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ended
}

// withTail adds the end of the plugin's stderr to an error.
func (p *process) withTail(err error) error {
	if tail := p.journal.tail(); tail != "" {
		return fmt.Errorf("%w; its stderr ends with: %s", err, tail)
	}
	return err
}
