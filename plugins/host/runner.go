package host

import (
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin/runner"
)

// What follows is go-plugin's view of a process.
var _ runner.Runner = (*process)(nil)

// runner is go-plugin's RunnerFunc. Of the command it takes the variables alone.
func (p *process) runner(_ hclog.Logger, cmd *exec.Cmd, dir string) (runner.Runner, error) {
	p.dir = dir
	p.cmd = p.program.command() // its stdin is nil: the null device
	p.cmd.Args = []string{p.plugin.Path}
	p.cmd.Env = append(slices.Clone(p.plugin.Env), cmd.Env...)
	p.cmd.Dir = cmp.Or(p.plugin.Dir, rootDir)
	return p, nil
}

// Start starts the process, unless it was killed before.
func (p *process) Start(context.Context) error {
	stdout, stdoutWrite, err := os.Pipe()
	if err != nil {
		return err
	}
	stderr, stderrWrite, err := os.Pipe()
	if err != nil {
		return errors.Join(err, stdout.Close(), stdoutWrite.Close())
	}
	p.cmd.Stdout, p.cmd.Stderr = stdoutWrite, stderrWrite
	started := make(chan error)
	go p.run(started, stdout, stderr)
	err = <-started
	return errors.Join(err, stdoutWrite.Close(), stderrWrite.Close())
}

// Wait waits for the process to end.
func (p *process) Wait(context.Context) error {
	<-p.exited
	return nil
}

// Kill kills the process. One that has closed its stdout is about to end and gets a
// moment, since its exit code says more than that of a kill.
func (p *process) Kill(context.Context) error {
	p.mu.Lock()
	ending := p.closed
	p.mu.Unlock()
	if ending {
		p.wait(settle)
	}
	p.kill()
	return nil
}

// PluginToHost accepts only an address at which no other user is of any use.
func (p *process) PluginToHost(network, address string) (string, string, error) {
	if err := p.checkAddress(network, address); err != nil {
		return "", "", err
	}
	return network, address, nil
}

// HostToPlugin returns the address as it is.
func (p *process) HostToPlugin(network, address string) (string, string, error) {
	return network, address, nil
}

// Stdout returns the handshake.
func (p *process) Stdout() io.ReadCloser { return p.hello }

// Stderr returns nothing: the journal has it.
func (p *process) Stderr() io.ReadCloser { return io.NopCloser(strings.NewReader("")) }

// Name returns the path.
func (p *process) Name() string { return p.plugin.Path }

// Diagnose returns nothing: the errors of this package say it.
func (p *process) Diagnose(context.Context) string { return "" }

// ID returns the process id, or "" if the process was never started.
func (p *process) ID() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil || p.cmd.Process == nil {
		return ""
	}
	return strconv.Itoa(p.cmd.Process.Pid)
}
