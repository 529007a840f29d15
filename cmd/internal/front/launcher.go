//go:build unix

package front

import (
	"context"
	"errors"
	"syscall"
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
	outcome, err := l.start(program, job, locked)
	if locked != nil {
		// From here on the other program alone holds the lock: if it dies, the next caller goes on.
		locked.Unlock()
	}
	if err != nil {
		return core.Message{}, err
	}
	text, err := readPipe(ctx, outcome)
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

// start returns the pipe on which the program tells the outcome.
func (l *launcher) start(program string, job core.Job, lock *filestore.Lock) (uintptr, error) {
	null, err := syscall.Open("/dev/null", syscall.O_RDWR|syscall.O_CLOEXEC, 0)
	if err != nil {
		return 0, err
	}
	defer syscall.Close(null)
	jobRead, jobWrite, err := pipe()
	if err != nil {
		return 0, err
	}
	defer syscall.Close(int(jobWrite))
	outRead, outWrite, err := pipe()
	if err != nil {
		syscall.Close(int(jobRead))
		return 0, err
	}
	args := []string{"refresh"}
	if l.config != "" {
		args = []string{"--config", l.config, "refresh"}
	}
	held := uintptr(null)
	if lock != nil {
		held = uintptr(lock.FD())
	}
	files := []uintptr{jobRead, uintptr(null), uintptr(null), held, outWrite}
	_, err = start(program, files, true, args...)
	syscall.Close(int(jobRead))
	syscall.Close(int(outWrite))
	if err == nil {
		// It may be larger than the pipe: by now somebody reads it.
		_, err = writeAll(int(jobWrite), job.Encode())
	}
	if err != nil {
		syscall.Close(int(outRead))
		return 0, err
	}
	return outRead, nil
}
