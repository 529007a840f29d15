//go:build unix

package front

import (
	"context"
	"syscall"

	"github.com/sesame-auth/sesame/core"
	"github.com/sesame-auth/sesame/core/filestore"
)

// run has the program do the job, and returns what it says.
func (l *launcher) run(ctx context.Context, program string, job core.Job, lock *filestore.Lock) (string, error) {
	outcome, err := l.start(program, job, lock)
	if lock != nil {
		// From here on the other program alone holds the lock: if it dies, the next caller goes on.
		lock.Unlock()
	}
	if err != nil {
		return "", err
	}
	return readPipe(ctx, outcome)
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
	held := uintptr(null)
	if lock != nil {
		held = uintptr(lock.FD())
	}
	files := []uintptr{jobRead, uintptr(null), uintptr(null), held, outWrite}
	_, err = start(program, files, true, l.arguments()...)
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
