//go:build linux

// Package cost measures what one run of a program costs: processor time, memory, page faults. It
// has the scenes in which the fronts are measured, the floors that they are compared with, and
// the tests that notice when a front has become dearer.
package cost

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A Program is a program with all that one run of it is given.
type Program struct {
	Path  string // the executable
	Args  []string
	Env   []string // the whole environment
	Input string   // the path of a file that is its stdin; "" is the null device
}

// A Usage is what one run took.
type Usage struct {
	CPU    time.Duration // user and system together, of the program and the children it waited for
	Wall   time.Duration // from before the start to after the end
	Faults int64         // page faults that needed no disk
}

// Run runs the program with its output thrown away. A program that does not exit with 0 is an error.
func (p Program) Run() (Usage, error) {
	begin := time.Now()
	pid, err := p.Start("")
	if err != nil {
		return Usage{}, err
	}
	usage, err := p.Wait(pid)
	usage.Wall = time.Since(begin)
	return usage, err
}

// Start starts the program, with its stdout and stderr in a new file; "" throws them away. It must be
// waited for with Wait.
//
// It is less than package os/exec does, since what the one that starts costs is measured too when
// many are started at once.
func (p Program) Start(output string) (pid int, err error) {
	in, err := syscall.Open(orNull(p.Input), syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return 0, fmt.Errorf("open %s: %w", orNull(p.Input), err)
	}
	defer syscall.Close(in)
	out, err := syscall.Open(orNull(output), syscall.O_WRONLY|syscall.O_CREAT|syscall.O_CLOEXEC, 0o600)
	if err != nil {
		return 0, fmt.Errorf("open %s: %w", orNull(output), err)
	}
	defer syscall.Close(out)
	pid, err = syscall.ForkExec(p.Path, append([]string{p.Path}, p.Args...), &syscall.ProcAttr{
		Env: p.Env, Files: []uintptr{uintptr(in), uintptr(out), uintptr(out)},
	})
	if err != nil {
		return 0, fmt.Errorf("start %s: %w", p.Path, err)
	}
	return pid, nil
}

func orNull(path string) string {
	if path == "" {
		return os.DevNull
	}
	return path
}

// Wait waits for a process that Start has started. The usage has no wall time.
func (p Program) Wait(pid int) (Usage, error) {
	var status syscall.WaitStatus
	var usage syscall.Rusage
	for {
		_, err := syscall.Wait4(pid, &status, 0, &usage)
		if err == nil {
			break
		}
		if err != syscall.EINTR {
			return Usage{}, fmt.Errorf("wait for %s: %w", p.Path, err)
		}
	}
	if status.ExitStatus() != 0 {
		return Usage{}, fmt.Errorf("%s: exit %d, signal %d", p.Path, status.ExitStatus(), status.Signal())
	}
	return Usage{
		CPU:    time.Duration(usage.Utime.Nano() + usage.Stime.Nano()),
		Faults: usage.Minflt,
	}, nil
}

// Output runs the program and returns what it wrote to stdout. Anything on stderr is an error.
func (p Program) Output() (string, error) {
	in, err := os.Open(orNull(p.Input))
	if err != nil {
		return "", err
	}
	defer in.Close()
	var out, complaint bytes.Buffer
	cmd := exec.Command(p.Path, p.Args...)
	cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = p.Env, in, &out, &complaint
	if err := cmd.Run(); err != nil || complaint.Len() > 0 {
		return "", fmt.Errorf("%s: %v: %s", p.Path, err, complaint.String())
	}
	return out.String(), nil
}

// Field returns a number, in KiB, from a file of the kernel's such as /proc/PID/smaps_rollup.
func Field(path, name string) (int64, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, name+":"); ok {
			number := strings.TrimSuffix(strings.TrimSpace(rest), " kB")
			return strconv.ParseInt(number, 10, 64)
		}
	}
	return 0, fmt.Errorf("%s has no line %s", path, name)
}
