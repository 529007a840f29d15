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
	locked, ok := lock.(*filestore.Lock)
	if !ok {
		return nil, errors.New("refresh: the lock is not a file's")
	}
	program, err := sibling("sesame")
	if err != nil {
		return nil, err
	}
	outcome, err := l.start(program, q, forced, locked)
	// From here on the refresher alone holds the lock: if it dies, the next caller goes on.
	locked.Unlock()
	if err != nil {
		return nil, err
	}
	text, err := readPipe(ctx, outcome)
	if err != nil || text == "" {
		return nil, err
	}
	return l.read(program, q.Key, text)
}

// read reads the outcome. Only one that is not stored comes with its record.
func (l *launcher) read(program, key, text string) (*core.Record, error) {
	message, err := core.DecodeMessage(text, key)
	switch {
	case err != nil:
		return nil, errors.New("refresh: the answer of " + program + " is " + err.Error())
	case message.Refusal != "":
		return nil, errors.New("refresh: " + program + ": " + message.Refusal)
	case message.Warning != "" && l.warn != nil:
		l.warn(message.Warning)
	}
	return message.Record, nil
}

// start returns the pipe on which the refresher tells the outcome.
func (l *launcher) start(program string, q *core.Query, forced time.Time, lock *filestore.Lock) (uintptr, error) {
	null, err := syscall.Open("/dev/null", syscall.O_RDWR|syscall.O_CLOEXEC, 0)
	if err != nil {
		return 0, err
	}
	defer syscall.Close(null)
	jobRead, jobWrite, err := pipe()
	if err != nil {
		return 0, err
	}
	defer syscall.Close(int(jobRead))
	outRead, outWrite, err := pipe()
	if err != nil {
		syscall.Close(int(jobWrite))
		return 0, err
	}
	defer syscall.Close(int(outWrite))
	// A job is smaller than a pipe, so this waits for nobody.
	_, err = writeAll(int(jobWrite), core.NewJob(q, forced).Encode())
	syscall.Close(int(jobWrite))
	if err == nil {
		args := []string{"refresh"}
		if l.config != "" {
			args = []string{"--config", l.config, "refresh"}
		}
		files := []uintptr{jobRead, uintptr(null), uintptr(null), uintptr(lock.FD()), outWrite}
		_, err = start(program, files, true, args...)
	}
	if err != nil {
		syscall.Close(int(outRead))
		return 0, err
	}
	return outRead, nil
}
