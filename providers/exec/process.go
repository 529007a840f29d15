package exec

import (
	"context"
	"errors"
	"io"
	"os"
	osexec "os/exec"
	"runtime"
	"sync"
	"time"
)

// Limits on what is read of a command, in bytes.
const (
	maxStdout = 1 << 20
	maxStderr = 4 << 10 // its end
)

var errFlood = errors.New("it printed more than 1 MiB")

// A process is one run of a command. Package os/exec alone would kill the one process and not
// what it started, and wait for as long as anything holds its pipes.
type process struct {
	group  // what it started
	cmd    *osexec.Cmd
	stdin  *os.File // what the command reads
	stdout *os.File
	stderr *os.File

	mu      sync.Mutex
	running bool // started, and its id is still its own
	killed  bool // before it had ended
}

// run runs the command, writes the request to its stdin, and returns what it did. Its error is why the
// command could not be started, or why it was killed: ctx ended, or its answer was too long. Nothing
// that the command started is waited for, and what of it is still in its process group is killed.
func run(ctx context.Context, cmd *osexec.Cmd, request string) (reply, error) {
	if ctx.Err() != nil {
		return reply{}, context.Cause(ctx)
	}
	// Linux sends the death signal when the thread ends that started the process, so this
	// thread must be nobody else's: it would end with a goroutine that leaves it locked.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	p := &process{cmd: cmd}
	started := time.Now()
	if err := p.start(); err != nil {
		return reply{}, err
	}
	defer p.close()
	defer context.AfterFunc(ctx, p.kill)()
	stdout, stderr := &collector{full: p.kill}, &tail{}
	p.attend(request, stdout, stderr)
	r := reply{stdout: stdout.String(), stderr: stderr.text(), started: started}
	switch {
	case stdout.over:
		return r, errFlood
	case p.killed:
		return r, context.Cause(ctx)
	case !cmd.ProcessState.Success():
		r.failure = cmd.ProcessState.String()
	}
	return r, nil
}

// start starts the command with three pipes.
func (p *process) start() (err error) {
	var theirs [3]*os.File
	defer func() {
		for _, file := range theirs {
			_ = file.Close() // of nil it is an error, and no more
		}
		if err != nil {
			p.close()
		}
	}()
	if theirs[0], p.stdin, err = os.Pipe(); err != nil {
		return err
	}
	if p.stdout, theirs[1], err = os.Pipe(); err != nil {
		return err
	}
	if p.stderr, theirs[2], err = os.Pipe(); err != nil {
		return err
	}
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = theirs[0], theirs[1], theirs[2]
	if err := p.launch(); err != nil {
		return err
	}
	p.running = true
	return nil
}

func (p *process) close() {
	p.release()
	for _, file := range []*os.File{p.stdin, p.stdout, p.stderr} {
		_ = file.Close()
	}
}

// attend stays with the process to its end. A child that left its group may hold the pipes for
// ever, so they are read until then, and what is in them afterwards, and no longer.
func (p *process) attend(request string, stdout, stderr io.Writer) {
	var others sync.WaitGroup
	others.Go(func() {
		_, _ = io.WriteString(p.stdin, request) // one that does not read does not mind
		_ = p.stdin.Close()
	})
	others.Go(func() { _, _ = io.Copy(stdout, p.stdout) })
	others.Go(func() { _, _ = io.Copy(stderr, p.stderr) })
	p.awaitEnd()
	p.bury()
	_ = p.stdin.Close()
	p.readRest(&others, stdout, stderr)
}

// bury reaps the process, which has ended, and kills what is left of its group.
func (p *process) bury() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.killGroup()
	_ = p.cmd.Wait()
	p.running = false
}

// kill ends the process and its group at once.
func (p *process) kill() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.running && !p.killed {
		p.killed = true
		p.killGroup()
	}
}
