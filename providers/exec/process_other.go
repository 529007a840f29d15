//go:build unix && !linux

package exec

import "syscall"

// childAttributes gives the command a process group of its own. One whose plugin is killed
// lives to its own end.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}

// awaitEnd waits for the process to end, and reaps it: not every kernel can do the one
// without the other.
func (p *process) awaitEnd() { _ = p.cmd.Wait() }
