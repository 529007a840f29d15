package exec

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// childAttributes gives the command a process group of its own, and its end when the
// plugin ends, however that is.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// awaitEnd waits for the process to end and does not reap it: until that is done its id
// belongs to no other, so that its group can be killed.
func (p *process) awaitEnd() {
	for {
		err := unix.Waitid(unix.P_PID, p.cmd.Process.Pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if err != unix.EINTR {
			return
		}
	}
}
