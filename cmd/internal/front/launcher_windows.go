package front

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"golang.org/x/sys/windows"

	"github.com/sesame-auth/sesame/core"
	"github.com/sesame-auth/sesame/core/filestore"
)

// Taken is the first byte of what "sesame refresh" says under a lock: it has taken the lock that it was handed.
const Taken = "\x06"

// run has the program do the job, and returns what it says. The lock is handed over as its last argument says.
func (l *launcher) run(ctx context.Context, program string, job core.Job, lock *filestore.Lock) (string, error) {
	args, taken := l.arguments(), func() {}
	if lock != nil {
		args, taken = append(args, lock.HandOver()), lock.Unlock
	}
	// Whatever goes wrong, from here on the other program alone may hold the lock: if it dies, the next caller goes on.
	defer taken()
	outcome, err := start(program, job, args)
	if err != nil {
		return "", err
	}
	return await(ctx, outcome, taken)
}

// start starts the program with a job, and returns the pipe on which it tells the outcome. It is of no console that
// could be closed, and of no job object of the tool's, if that lets it go.
func start(program string, job core.Job, args []string) (outcome *os.File, err error) {
	in, inWrite, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	defer inWrite.Close()
	outcome, out, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer out.Close()
	const flags = windows.CREATE_NO_WINDOW | windows.CREATE_NEW_PROCESS_GROUP
	for _, more := range []uint32{windows.CREATE_BREAKAWAY_FROM_JOB, 0} {
		cmd := &exec.Cmd{
			Path: program, Args: append([]string{program}, args...), Dir: systemDir(),
			Stdin: in, Stdout: out, SysProcAttr: &syscall.SysProcAttr{CreationFlags: flags | more},
		}
		if err = cmd.Start(); err == nil {
			_ = cmd.Process.Release()
			break
		}
		if !errors.Is(err, windows.ERROR_ACCESS_DENIED) {
			break
		}
	}
	if err != nil {
		err = notStarted(program, err)
	} else {
		// It may be larger than the pipe: by now somebody reads it.
		_, err = inWrite.Write(job.Encode())
	}
	if err != nil {
		outcome.Close()
		return nil, err
	}
	return outcome, nil
}

// await reads the outcome to its end, or until ctx ends, and closes the pipe. It calls taken when the other program has the
// lock, or never will.
func await(ctx context.Context, outcome *os.File, taken func()) (string, error) {
	type result struct {
		text string
		err  error
	}
	begun, done := make(chan struct{}), make(chan result, 1)
	go func() {
		defer outcome.Close()
		var text bounded
		_, err := io.CopyN(&text, outcome, 1)
		close(begun)
		if err == nil {
			_, err = io.Copy(&text, outcome)
		}
		if err == io.EOF {
			err = nil
		}
		done <- result{strings.TrimPrefix(text.String(), Taken), err}
	}()
	select {
	case <-begun:
		taken()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	select {
	case r := <-done:
		return r.text, r.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}
