package host

import (
	"os"
	"time"

	"github.com/sesame-auth/sesame/providers/winjob"
)

// rootDir stands for the system's own folder, in which nobody else can put a library.
const rootDir = ""

// A group is the process's job: what it starts is in it too, and none of it outlives the host.
type group struct {
	job *winjob.Job
}

func (p *process) launch() (err error) {
	p.job, err = winjob.Start(p.cmd)
	return err
}

// awaitEnd waits for the process to end.
func (p *process) awaitEnd() { p.job.AwaitEnd() }

// killGroup kills what is left of the job. p.mu is held.
func (p *process) killGroup() { p.job.Kill() }

func (g *group) release() { g.job.Close() }

// endSoon ends the reading of pipes: whoever held them is dead, unless somebody else has been given them.
func endSoon(pipes ...*os.File) {
	time.AfterFunc(settle, func() {
		for _, pipe := range pipes {
			_ = pipe.Close()
		}
	})
}
