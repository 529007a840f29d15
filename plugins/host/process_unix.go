//go:build unix

package host

import (
	"os"
	"syscall"
	"time"
)

// rootDir is where a plugin keeps nobody's folder busy.
const rootDir = "/"

// A group is the process's own process group, which has its id.
type group struct{}

func (p *process) launch() error {
	p.cmd.SysProcAttr = childAttributes()
	return p.cmd.Start()
}

func (group) release() {}

// killGroup kills what is left of the process's group, and the process should it have left
// its own. p.mu is held.
func (p *process) killGroup() {
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	_ = p.cmd.Process.Kill()
}

// endSoon ends the reading of pipes, but for what is in them.
func endSoon(pipes ...*os.File) {
	for _, pipe := range pipes {
		_ = pipe.SetReadDeadline(time.Now().Add(settle))
	}
}
