package hostile

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// A watch reads the arguments and the environment of every process of the programs under
// test, as another process of this machine can, from its start to its stop.
type watch struct {
	bin     string
	stop    chan struct{}
	stopped chan struct{}

	mu   sync.Mutex
	seen map[sighting]bool
	pids map[string]int // the latest process of each program
}

type sighting struct{ program, arguments, environ string }

func newWatch(t *testing.T, bin string) *watch {
	w := &watch{
		bin: bin, stop: make(chan struct{}), stopped: make(chan struct{}),
		seen: map[sighting]bool{}, pids: map[string]int{},
	}
	go w.run()
	t.Cleanup(func() { close(w.stop); <-w.stopped })
	return w
}

func (w *watch) run() {
	defer close(w.stopped)
	for {
		select {
		case <-w.stop:
			return
		case <-time.After(time.Millisecond):
			w.look()
		}
	}
}

func (w *watch) look() {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return
	}
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		// The name of a process that hides its memory is hidden as well, except from root.
		exe, err := os.Readlink("/proc/" + entry.Name() + "/exe")
		arguments, _ := os.ReadFile("/proc/" + entry.Name() + "/cmdline")
		if err != nil {
			exe, _, _ = strings.Cut(string(arguments), "\x00")
		}
		if filepath.Dir(exe) != w.bin || len(arguments) == 0 {
			continue
		}
		environ, _ := os.ReadFile("/proc/" + entry.Name() + "/environ")
		w.mu.Lock()
		w.seen[sighting{filepath.Base(exe), string(arguments), string(environ)}] = true
		w.pids[filepath.Base(exe)] = pid
		w.mu.Unlock()
	}
}

// await waits until a program was seen, and returns its process.
func (w *watch) await(t *testing.T, program string) (pid int) {
	t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		w.mu.Lock()
		pid := w.pids[program]
		w.mu.Unlock()
		if pid != 0 {
			return pid
		}
	}
	t.Fatalf("%s was not seen", program)
	return 0
}

// sightings returns what was seen so far.
func (w *watch) sightings() []sighting {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []sighting
	for s := range w.seen {
		all = append(all, s)
	}
	return all
}
