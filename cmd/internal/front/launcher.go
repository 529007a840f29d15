package front

import (
	"context"
	"errors"
	"time"

	"github.com/sesame-auth/sesame/core"
	"github.com/sesame-auth/sesame/core/filestore"
)

// A launcher starts the refresher.
type launcher struct {
	config string // the path of the configuration, or ""
	warn   func(string)
}

// refresh starts "sesame refresh" in a session of its own, so that whatever kills this
// process spares it, and hands it the locked file. It waits for the outcome until
// ctx ends; the refresh goes on without it.
func (l *launcher) refresh(ctx context.Context, q *core.Query, forced time.Time, lock core.Lock) (*core.Record, error) {
	message, err := l.do(ctx, core.NewJob(q, forced), lock)
	if message.Warning != "" && l.warn != nil {
		l.warn(message.Warning)
	}
	return message.Record, err
}

// keeper starts "sesame refresh" in the same way, for a call of a provider that keeps tokens itself.
func (l *launcher) keeper(ctx context.Context, job core.Job, lock core.Lock) (core.Message, error) {
	return l.do(ctx, job, lock)
}

// do has the whole program do a job that needs a plugin, under a lock if it is not nil, and waits
// for what it says until ctx ends.
func (l *launcher) do(ctx context.Context, job core.Job, lock core.Lock) (core.Message, error) {
	var locked *filestore.Lock
	if lock != nil {
		var ok bool
		if locked, ok = lock.(*filestore.Lock); !ok {
			return core.Message{}, errors.New("refresh: the lock is not a file's")
		}
	}
	program, err := sibling("sesame")
	if err != nil {
		return core.Message{}, err
	}
	text, err := l.run(ctx, program, job, locked)
	if err != nil || text == "" {
		return core.Message{}, err
	}
	message, err := core.DecodeMessage(text, job.Key)
	switch {
	case err != nil:
		return core.Message{}, errors.New("refresh: the answer of " + program + " is " + err.Error())
	case message.Refusal != "":
		return core.Message{}, errors.New("refresh: " + program + ": " + message.Refusal)
	}
	return message, nil
}

// arguments are those of "sesame refresh".
func (l *launcher) arguments() []string {
	if l.config == "" {
		return []string{"refresh"}
	}
	return []string{"--config", l.config, "refresh"}
}
