//go:build unix

package host

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/sesame-auth/sesame/providers"
)

// patience is far longer than anything here takes.
const patience = time.Minute

// A world is where a plugin of a test lives.
type world struct {
	t      *testing.T
	temp   string   // TMPDIR of the host
	alive  *os.File // ends when every process has
	limits limits
	plugin Plugin
	log    *lockedBuffer
}

// A lockedBuffer is a log that goroutines still write to.
type lockedBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}

func newWorld(t *testing.T, behaviour string) *world {
	t.Helper()
	fifo := filepath.Join(t.TempDir(), "alive")
	// A short path, as a socket needs one.
	temp, err := os.MkdirTemp("/tmp", "t")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(temp) })
	t.Setenv("TMPDIR", temp)
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	alive, err := os.OpenFile(fifo, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { alive.Close() })
	w := &world{t: t, temp: temp, alive: alive, log: new(lockedBuffer)}
	w.limits = limits{start: patience, stop: patience}
	w.plugin = Plugin{
		Name: "acme", Path: executable(t),
		Env: []string{behaviourVariable + "=" + behaviour, aliveVariable + "=" + fifo, quickExit},
		Log: hclog.New(&hclog.LoggerOptions{Level: hclog.Trace, Output: w.log}),
	}
	return w
}

// executable returns this test binary where only its owner can write to it.
func executable(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return self
}

func (w *world) open() *Provider {
	w.t.Helper()
	p, err := open(w.t.Context(), w.plugin, w.limits)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { p.Close() })
	return p
}

// openError opens a plugin that cannot be opened.
func (w *world) openError(ctx context.Context) *providers.Error {
	w.t.Helper()
	p, err := open(ctx, w.plugin, w.limits)
	if err == nil {
		p.Close()
		w.t.Fatal("the plugin opened")
	}
	return w.check(err)
}

// check checks what is true of every error.
func (w *world) check(err error) *providers.Error {
	w.t.Helper()
	e, ok := errors.AsType[*providers.Error](err)
	if !ok || !errors.Is(err, providers.ErrUnavailable) {
		w.t.Fatalf("error %v: want a providers.Error of kind ErrUnavailable", err)
	}
	if !strings.HasPrefix(e.Message, "plugin acme: "+w.plugin.Path+": ") {
		w.t.Errorf("error %q: want the name and the file", e.Message)
	}
	return e
}

// nothingLeft waits for the end of every process, of which there must have been n, and
// checks that no socket is left.
func (w *world) nothingLeft(n int) {
	w.t.Helper()
	if err := w.alive.SetReadDeadline(time.Now().Add(patience)); err != nil {
		w.t.Fatal(err)
	}
	marks, err := io.ReadAll(w.alive)
	if err != nil || len(marks) != n {
		w.t.Errorf("%d processes started, error %v: want %d, and an end", len(marks), err, n)
	}
	w.noSocket()
}

func (w *world) noSocket() {
	w.t.Helper()
	entries, err := os.ReadDir(w.temp)
	if err != nil || len(entries) > 0 {
		w.t.Errorf("left in the temporary directory: %v, error %v", entries, err)
	}
}

func request(path string) providers.Request {
	return providers.Request{URL: providers.URL{Scheme: "https", Host: "acme.example", Path: path}}
}

func (w *world) ask(p *Provider, req providers.Request) string {
	w.t.Helper()
	token, err := p.Token(w.t.Context(), req)
	if err != nil {
		w.t.Fatal(err)
	}
	return token.Value.Reveal()
}

// waitForOne waits until one process is there.
func (w *world) waitForOne() (n int, err error) {
	for n == 0 && (err == nil || err == io.EOF) { // EOF: nobody is there yet
		n, err = w.alive.Read(make([]byte, 1))
	}
	return n, err
}
