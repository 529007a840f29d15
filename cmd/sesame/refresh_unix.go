//go:build unix

package main

import (
	"context"
	"errors"
	"os"
	"syscall"

	"github.com/sesame-auth/sesame/core"
	"github.com/sesame-auth/sesame/core/filestore"
)

// extension is what the name of a program ends with.
const extension = ""

// The descriptors that a front hands to the refresher beside the job on stdin.
const (
	lockFD    = 3
	outcomeFD = 4
)

// inheritOutcome returns the pipe on which a front is told the outcome.
func inheritOutcome() *os.File {
	syscall.CloseOnExec(lockFD)
	syscall.CloseOnExec(outcomeFD)
	return os.NewFile(outcomeFD, "outcome")
}

// errDone means that somebody else did the job. Here nobody can: the lock is inherited.
var errDone = errors.New("somebody else did it")

// takeLock takes the lock that the front hands over. For a call of a keeper it is nil: there need not be one, and
// one that is inherited is held until this process ends.
func takeLock(_ context.Context, _ string, store *filestore.Store, job core.Job, _ *os.File) (*filestore.Lock, error) {
	if job.Call != "" {
		return nil, nil
	}
	return store.Adopt(job.Key, lockFD)
}
