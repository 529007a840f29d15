package front

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/windows"
)

// become runs the whole program, which can log, and ends as it does: no process can be replaced here.
func become(name string, args []string) {
	program, err := sibling("sesame")
	if err != nil {
		exit(err)
	}
	cmd := &exec.Cmd{
		Path: program, Args: append([]string{"sesame", name}, args[min(1, len(args)):]...),
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
	}
	if err := cmd.Start(); err != nil {
		exit(notStarted(program, err))
	}
	_ = cmd.Wait()
	os.Exit(cmd.ProcessState.ExitCode())
}

// notStarted returns the error of a program that could not be started.
func notStarted(program string, err error) error {
	if errno, ok := errors.AsType[syscall.Errno](err); ok {
		err = errno // the path is said by a startError
	}
	return &startError{program: program, cause: err}
}

// systemDir is where a program that we start keeps no folder of the tool's busy, and nobody else can put a
// library; "", where the system does not say, is the tool's own.
func systemDir() string {
	dir, err := windows.GetSystemDirectory()
	if err != nil {
		return ""
	}
	return dir
}

// maxOutput bounds what is read of another program, in bytes.
const maxOutput = 64 << 20

// A bounded writer keeps what is written to it, maxOutput at most.
type bounded struct{ strings.Builder }

func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > maxOutput {
		return 0, errors.New("the answer is too long")
	}
	return b.Builder.Write(p)
}

var _ io.Writer = (*bounded)(nil)

// run runs a program and returns what it wrote to stdout and stderr.
func run(ctx context.Context, program string, args ...string) (out, complaint string, err error) {
	var stdout, stderr bounded
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr, cmd.WaitDelay = systemDir(), &stdout, &stderr, time.Second
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.CREATE_NO_WINDOW}
	if err := cmd.Start(); err != nil {
		return "", "", notStarted(program, err)
	}
	err = cmd.Wait()
	if ctx.Err() != nil {
		return "", "", ctx.Err()
	}
	complaint = stderr.String()
	if err != nil && complaint == "" {
		complaint = program + " ended without a word: " + err.Error()
	}
	return stdout.String(), complaint, nil
}
