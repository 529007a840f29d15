package host

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"time"
)

// A process is the plugin's process, as go-plugin's runner. go-plugin's own would give it the
// host's stdin, kill the one process and not what it started, and wait for as long as
// anything holds its pipes.
type process struct {
	group   // what it started
	plugin  Plugin
	program *program
	journal *journal
	cmd     *exec.Cmd

	dir        string         // where its socket must lie
	hello      *io.PipeReader // what go-plugin reads as its stdout: the first line
	helloWrite *io.PipeWriter

	exited chan struct{} // closed when it has ended and left no group behind
	done   chan struct{} // closed when, besides, its pipes have been read

	mu      sync.Mutex
	err     error  // of its start
	running bool   // started, and its id is still its own
	killed  bool   // by the host
	ended   string // how it ended, where the host had not killed it
	spoke   bool   // it wrote a first line to stdout
	line    string // that line
	closed  bool   // its stdout has ended
}

func newProcess(p Plugin, program *program, j *journal) *process {
	process := &process{
		plugin: p, program: program, journal: j,
		exited: make(chan struct{}), done: make(chan struct{}),
	}
	process.hello, process.helloWrite = io.Pipe()
	return process
}

// run starts the process and stays with it to its end.
func (p *process) run(started chan<- error, stdout, stderr *os.File) {
	defer close(p.done)
	defer stdout.Close()
	defer stderr.Close()
	defer p.helloWrite.Close()
	// Linux sends the death signal when the thread ends that started the process, so this
	// thread must be nobody else's: it would end with a goroutine that leaves it locked.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := p.begin()
	started <- err
	if err != nil {
		close(p.exited)
		return
	}
	var readers sync.WaitGroup
	readers.Go(func() { p.readStdout(stdout) })
	readers.Go(func() { p.readStderr(stderr) })
	p.awaitEnd()
	p.bury()
	// A child that left the group may hold the pipes for ever.
	endSoon(stdout, stderr)
	close(p.exited)
	readers.Wait()
}

func (p *process) begin() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.err = context.Canceled
	if !p.killed {
		p.err = p.launch()
	}
	p.running = p.err == nil
	return p.err
}

// readStdout passes the handshake on and drops the rest, so that a plugin that prints
// does not block.
func (p *process) readStdout(stdout io.Reader) {
	reader := bufio.NewReader(stdout)
	line, err := reader.ReadSlice('\n') // a line over its buffer is no handshake: cut
	p.mu.Lock()
	p.spoke, p.line = len(line) > 0, strings.TrimSpace(string(line))
	p.closed = err == io.EOF
	hello := p.line + "\n"
	p.mu.Unlock()
	if len(line) > 0 {
		_, _ = io.WriteString(p.helloWrite, hello)
	}
	_, _ = io.Copy(io.Discard, reader)
	_ = p.helloWrite.Close()
}

func (p *process) readStderr(stderr io.Reader) {
	lines := &lineWriter{emit: p.journal.add}
	_, _ = io.Copy(lines, stderr)
	lines.flush()
}

// bury reaps the process, which has ended, and kills what is left of its group.
func (p *process) bury() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.killGroup()
	_ = p.cmd.Wait()
	p.release()
	p.running = false
	if !p.killed {
		p.ended = p.cmd.ProcessState.String()
	}
}

// kill ends the process and its group at once, or forbids the start.
func (p *process) kill() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.killed = true
	if p.running {
		p.killGroup()
	}
}

// wait reports whether the process ended and its pipes were read within d.
func (p *process) wait(d time.Duration) bool {
	select {
	case <-p.done:
		return true
	case <-time.After(d):
		return false
	}
}
