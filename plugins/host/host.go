// Package host starts a provider plugin, asks it, and stops it.
//
// A plugin is a program that may do anything: crash, hang, print where it must not, flood
// its stderr, leave a child behind, or not be the program it was. Each of these is one
// clear error in bounded time, and leaves no process and no socket behind.
//
// A plugin gets the variables it is given and nothing else of its host: no other
// variable, no descriptor, the null device for stdin, a process group of its own.
//
// The connection is not encrypted. Its socket lies in a fresh directory of mode 0700, which keeps
// every other user out, and is removed as soon as the connection stands; a process of the
// same user could trace the host as well. A plugin that listens anywhere else is refused.
// AutoMTLS would add nothing but 59 ms to each refresh.
//
// On Windows the connection is a port of loopback, and AutoMTLS keeps other users out: each end has a key of its
// own for this one connection. In the place of the process group is a job, which ends with the host.
package host

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"

	"github.com/sesame-auth/sesame/plugins/internal/wire"
)

// A Plugin says which program to start, and how.
type Plugin struct {
	// Name is what the configuration calls it, for messages.
	Name string
	// Path is the executable, absolute. PATH is never searched.
	Path string
	// SHA256 is the hexadecimal digest that the executable must have; "" asks for none.
	SHA256 string
	// Env is the whole environment of the plugin, as NAME=value.
	Env []string
	// Dir is the working directory; "" stands for the root directory.
	Dir string
	// Log receives each line that the plugin writes to stderr, known secrets replaced:
	// one of go-hclog's JSON at its own level, any other at level debug. Nil drops them.
	Log hclog.Logger
}

// limits are the times that bound what a plugin may take. Tests shorten them.
type limits struct {
	start time.Duration // from the start until the connection stands
	stop  time.Duration // from being asked to stop until it is killed
}

var defaultLimits = limits{start: 5 * time.Second, stop: time.Second}

// settle is how long the host waits for what a dying plugin leaves: its exit code
// after the connection broke, the end of its pipes after it ended.
const settle = 500 * time.Millisecond

// A Provider is a plugin that runs. Close must be called.
//
// It has the methods of a Keeper and of a LoginProvider whatever its plugin can do: see
// [ErrNotKeeper] and [ErrNoLogin].
type Provider struct {
	plugin  Plugin
	filter  *filter // for what the plugin says in its answers
	output  *filter // for what it writes
	process *process
	client  *plugin.Client
	wire    *wire.Client
	limits  limits
	close   func() // stop, once
}

// Open starts the plugin and waits until it is connected, 5 s at most, or until ctx ends.
// Each call starts a process of its own.
//
// It starts no executable that somebody else could have replaced: the file, each directory
// and each symbolic link on the way to it must belong to root or to the user, and be
// writable for nobody else, but for a sticky directory of root's. Where a digest is
// pinned, what was hashed is what is executed.
//
// The error is a *[providers.Error] of kind [providers.ErrUnavailable] that names the file,
// and the command that repairs it where there is one.
//
// Open marks every descriptor of the calling process from 3 on as close-on-exec, so
// that neither the plugin nor any later child inherits one, a locked file least of all. (On Windows a
// process inherits only what it is given.)
func Open(ctx context.Context, p Plugin) (*Provider, error) {
	return open(ctx, p, defaultLimits)
}

func open(ctx context.Context, p Plugin, l limits) (*Provider, error) {
	provider := &Provider{plugin: p, limits: l, filter: newFilter(p.Env), output: newFilter(p.Env)}
	if err := provider.start(ctx); err != nil {
		return nil, err
	}
	return provider, nil
}

func (p *Provider) start(ctx context.Context) error {
	dir, err := socketDir(os.TempDir())
	if err != nil {
		return p.fail(err)
	}
	defer os.RemoveAll(dir)
	program, err := openProgram(p.plugin, dir)
	if err != nil {
		return p.fail(err)
	}
	defer program.Close()
	closeOnExec()
	p.process = newProcess(p.plugin, program, newJournal(p.plugin.Log, p.output))
	p.client = p.newClient(dir)
	p.close = sync.OnceFunc(p.stop)

	ctx, cancel := context.WithTimeoutCause(ctx, p.limits.start,
		fmt.Errorf("waited %v", p.limits.start))
	defer cancel()
	// go-plugin knows no context: killing the process ends its wait.
	unbind := context.AfterFunc(ctx, p.process.kill)
	err = p.connect(ctx)
	if !unbind() {
		err = context.Cause(ctx)
	}
	if err != nil {
		p.process.kill()
		p.close()
		return p.fail(p.process.explainStart(ctx, err))
	}
	return nil
}

// newClient prepares go-plugin for one start: a client that failed once is of no use.
func (p *Provider) newClient(dir string) *plugin.Client {
	return plugin.NewClient(&plugin.ClientConfig{
		HandshakeConfig:  wire.Handshake(),
		VersionedPlugins: wire.Versions(nil),
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		// Only a runner of our own keeps the host's stdin from the plugin.
		RunnerFunc:       p.process.runner,
		SkipHostEnv:      true,
		UnixSocketConfig: &plugin.UnixSocketConfig{TempDir: dir},
		AutoMTLS:         encrypt,
		StartTimeout:     2 * p.limits.start, // the context ends before
		SyncStderr:       &lineWriter{emit: p.process.journal.add},
		GRPCDialOptions:  wire.DialOptions(),
		Logger:           hclog.NewNullLogger(),
	})
}

// connect waits until the plugin can be called.
func (p *Provider) connect(ctx context.Context) error {
	protocol, err := p.client.Client()
	if err != nil {
		return err
	}
	raw, err := protocol.Dispense(wire.ServiceName)
	if err != nil {
		return err
	}
	p.wire = raw.(*wire.Client)
	return p.wire.Connect(ctx)
}

// Close ends the plugin: it is asked to, and killed with its whole process group when it
// has not ended after a second. No call works after it. It returns nil.
func (p *Provider) Close() error {
	p.close()
	return nil
}

func (p *Provider) stop() {
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		// It asks without a deadline, so a plugin that hangs holds it up until
		// it is killed.
		p.client.Kill()
	}()
	select {
	case <-stopped:
	case <-time.After(p.limits.stop):
		p.process.kill()
		select {
		case <-stopped:
		case <-time.After(settle):
		}
	}
	p.process.wait(settle)
}
