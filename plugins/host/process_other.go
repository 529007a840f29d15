//go:build unix && !linux

package host

import "syscall"

// childAttributes gives the plugin a process group of its own. That it ends with the
// host is up to plugins/sdk.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}

// awaitEnd waits for the process to end, and reaps it: not every kernel can do the one
// without the other.
func (p *process) awaitEnd() { _ = p.cmd.Wait() }
