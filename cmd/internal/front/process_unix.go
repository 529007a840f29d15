//go:build unix

package front

import (
	"context"
	"errors"
	"strings"
	"syscall"
)

// start starts a program with the given descriptors as its first ones.
func start(program string, files []uintptr, session bool, args ...string) (pid int, err error) {
	closeOthersOnExec()
	pid, err = syscall.ForkExec(program, append([]string{program}, args...), &syscall.ProcAttr{
		Dir: "/", // a refresh must not keep a folder of the tool's busy
		Env: syscall.Environ(), Files: files,
		Sys: &syscall.SysProcAttr{Setsid: session},
	})
	if err != nil {
		return 0, &startError{program: program, cause: err}
	}
	return pid, nil
}

// run runs a program and returns what it wrote to stdout and stderr, 1 MiB each.
func run(ctx context.Context, program string, args ...string) (out, complaint string, err error) {
	null, err := syscall.Open("/dev/null", syscall.O_RDWR|syscall.O_CLOEXEC, 0)
	if err != nil {
		return "", "", err
	}
	defer syscall.Close(null)
	outRead, outWrite, err := pipe()
	if err != nil {
		return "", "", err
	}
	errRead, errWrite, err := pipe()
	if err != nil {
		return "", "", err
	}
	pid, err := start(program, []uintptr{uintptr(null), outWrite, errWrite}, false, args...)
	syscall.Close(int(outWrite))
	syscall.Close(int(errWrite))
	if err != nil {
		return "", "", err
	}
	if out, err = readPipe(ctx, outRead); err != nil {
		_ = syscall.Kill(pid, syscall.SIGKILL)
		return "", "", err
	}
	complaint, err = readPipe(ctx, errRead)
	var status syscall.WaitStatus
	_, _ = syscall.Wait4(pid, &status, 0, nil)
	if status.ExitStatus() != 0 && complaint == "" {
		complaint = program + " ended without a word"
	}
	return out, complaint, err
}

func pipe() (r, w uintptr, err error) {
	var fds [2]int
	if err := syscall.Pipe(fds[:]); err != nil {
		return 0, 0, err
	}
	syscall.CloseOnExec(fds[0])
	syscall.CloseOnExec(fds[1])
	return uintptr(fds[0]), uintptr(fds[1]), nil
}

// maxOutput bounds what is read of another program, in bytes.
const maxOutput = 64 << 20

// readPipe reads to the end, or until ctx ends, and closes the pipe.
func readPipe(ctx context.Context, fd uintptr) (string, error) {
	type result struct {
		text string
		err  error
	}
	done := make(chan result, 1)
	go func() {
		defer syscall.Close(int(fd))
		var text strings.Builder
		buf := make([]byte, 32<<10)
		for {
			n, err := retry(func() (int, error) { return syscall.Read(int(fd), buf) })
			if err != nil || n == 0 {
				done <- result{text.String(), err}
				return
			}
			if text.Len()+n > maxOutput {
				done <- result{"", errors.New("the answer is too long")}
				return
			}
			text.Write(buf[:n])
		}
	}()
	select {
	case r := <-done:
		return r.text, r.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// become replaces this process by the whole program, which can log.
func become(name string, args []string) {
	program, err := sibling("sesame")
	if err != nil {
		exit(err)
	}
	argv := append([]string{"sesame", name}, args[min(1, len(args)):]...)
	if err := syscall.Exec(program, argv, syscall.Environ()); err != nil {
		exit(&startError{program: program, cause: err})
	}
}
