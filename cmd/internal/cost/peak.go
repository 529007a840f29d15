//go:build linux

package cost

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"syscall"
)

const (
	optionTraceExit = 0x40 // PTRACE_O_TRACEEXIT
	eventExit       = 6    // PTRACE_EVENT_EXIT
)

// Peak runs the program and returns the most memory that it had resident, in KiB.
//
// The kernel's own account of a child, ru_maxrss, is never less than its parent's memory was,
// which is larger than that of the programs in question. So the program is stopped at
// its end, as a debugger does, and its VmHWM read.
func (p Program) Peak() (int64, error) {
	// A traced process obeys one thread.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	in, err := os.Open(orNull(p.Input))
	if err != nil {
		return 0, err
	}
	defer in.Close()
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		return 0, err
	}
	defer null.Close()
	pid, err := syscall.ForkExec(p.Path, append([]string{p.Path}, p.Args...), &syscall.ProcAttr{
		Env: p.Env, Files: []uintptr{in.Fd(), null.Fd(), null.Fd()}, Sys: &syscall.SysProcAttr{Ptrace: true},
	})
	if err != nil {
		return 0, fmt.Errorf("start %s: %w", p.Path, err)
	}
	return followToExit(pid)
}

// followToExit lets a traced process run, and reads its peak memory when it is about to end.
func followToExit(pid int) (peak int64, err error) {
	var status syscall.WaitStatus
	for first := true; ; first = false {
		if _, err := syscall.Wait4(pid, &status, 0, nil); err != nil {
			return 0, fmt.Errorf("wait for process %d: %w", pid, err)
		}
		if !status.Stopped() {
			if peak == 0 {
				return 0, fmt.Errorf("process %d ended without its last stop", pid)
			}
			return peak, nil
		}
		signal := 0
		switch {
		case first: // the stop that execve makes
			err = syscall.PtraceSetOptions(pid, optionTraceExit)
		case status.TrapCause() == eventExit:
			peak, err = Field("/proc/"+strconv.Itoa(pid)+"/status", "VmHWM")
		default:
			signal = int(status.StopSignal())
		}
		if err != nil {
			return 0, fmt.Errorf("trace process %d: %w", pid, err)
		}
		if err := syscall.PtraceCont(pid, signal); err != nil {
			return 0, fmt.Errorf("trace process %d: %w", pid, err)
		}
	}
}
