//go:build unix

package exec

import (
	"io"
	"os"
	"sync"
	"syscall"
	"time"
)

// rootDir is where a command keeps nobody's folder busy.
const rootDir = "/"

// canBeMended reports whether a person must do something about it that a program could not be started.
func canBeMended(err error) bool {
	switch err {
	case syscall.ENOENT, syscall.ENOTDIR, syscall.EACCES, syscall.EPERM, syscall.ENOEXEC, syscall.ELOOP,
		syscall.EINVAL, syscall.E2BIG:
		return true
	}
	return false
}

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

// readRest ends the reading of the pipes, and takes what is still in them.
func (p *process) readRest(readers *sync.WaitGroup, stdout, stderr io.Writer) {
	now := time.Now()
	_ = p.stdout.SetReadDeadline(now)
	_ = p.stderr.SetReadDeadline(now)
	readers.Wait()
	drain(stdout, p.stdout)
	drain(stderr, p.stderr)
}

// drain copies what is in a pipe, and waits for no more. What somebody goes on writing is
// cut off.
func drain(w io.Writer, pipe *os.File) {
	_ = pipe.SetReadDeadline(time.Time{})
	raw, err := pipe.SyscallConn()
	if err != nil {
		return
	}
	buffer := make([]byte, 64<<10)
	_ = raw.Read(func(fd uintptr) bool {
		for total := 0; total <= maxStdout; {
			n, err := syscall.Read(int(fd), buffer)
			switch {
			case err == syscall.EINTR:
				continue
			case err != nil || n <= 0: // nothing is there, or nobody
				return true
			}
			total += n
			_, _ = w.Write(buffer[:n])
		}
		return true
	})
}
