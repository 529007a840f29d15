package main

import (
	"context"
	"errors"
	"os"

	"github.com/sesame-auth/sesame/cmd/internal/front"
	"github.com/sesame-auth/sesame/core"
	"github.com/sesame-auth/sesame/core/filestore"
)

// extension is what the name of a program ends with.
const extension = ".exe"

// errDone means that somebody else did the job while the lock changed hands.
var errDone = filestore.ErrChanged

// inheritOutcome returns the pipe on which a front is told the outcome. It is stdout, to which nothing else is
// to be written from now on.
func inheritOutcome() *os.File {
	outcome := os.Stdout
	if null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0); err == nil {
		os.Stdout = null
	}
	return outcome
}

// takeLock takes the lock that the front hands over, if it does so, and tells the front. For a call of a keeper it is
// held until this process ends.
func takeLock(ctx context.Context, generation string, store *filestore.Store, job core.Job, outcome *os.File) (*filestore.Lock, error) {
	switch {
	case generation == "" && job.Call != "":
		return nil, nil
	case generation == "":
		return nil, errors.New("no lock was handed over; this command is started by sesame itself")
	}
	lock, err := store.Take(ctx, job.Key, generation)
	if err != nil {
		return nil, err
	}
	_, _ = outcome.WriteString(front.Taken) // to a front that is gone, nothing need be told
	return lock, nil
}
