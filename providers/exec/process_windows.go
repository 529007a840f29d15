package exec

import (
	"errors"
	"io"
	"sync"
	"time"

	"golang.org/x/sys/windows"

	"github.com/sesame-auth/sesame/providers/winjob"
)

// rootDir stands for the system's own folder, in which nobody else can put a library.
const rootDir = ""

// settle is how long the pipes are read on after all that the command started was killed: they end then, unless
// somebody else has been given them.
const settle = 500 * time.Millisecond

// canBeMended reports whether a person must do something about it that a program could not be started.
func canBeMended(err error) bool {
	for _, mendable := range []error{
		windows.ERROR_FILE_NOT_FOUND, windows.ERROR_PATH_NOT_FOUND, windows.ERROR_ACCESS_DENIED,
		windows.ERROR_BAD_EXE_FORMAT, windows.ERROR_EXE_MACHINE_TYPE_MISMATCH, windows.ERROR_ELEVATION_REQUIRED,
		windows.ERROR_INVALID_NAME, windows.ERROR_FILENAME_EXCED_RANGE,
	} {
		if errors.Is(err, mendable) {
			return true
		}
	}
	return false
}

// A group is the job of the process.
type group struct {
	job *winjob.Job // nil if it was not started
}

func (p *process) launch() (err error) {
	p.job, err = winjob.Start(p.cmd)
	return err
}

// awaitEnd waits for the process to end.
func (p *process) awaitEnd() { p.job.AwaitEnd() }

// killGroup kills what is left of the job. p.mu is held.
func (p *process) killGroup() { p.job.Kill() }

func (g *group) release() {
	if g.job != nil {
		g.job.Close()
	}
}

// readRest reads the pipes to their end.
func (p *process) readRest(readers *sync.WaitGroup, _, _ io.Writer) {
	cut := time.AfterFunc(settle, func() {
		_ = p.stdout.Close()
		_ = p.stderr.Close()
	})
	defer cut.Stop()
	readers.Wait()
}
