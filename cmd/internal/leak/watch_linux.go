package leak

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// rest is how long a watch rests, as a multiple of how long it looked: it must not take the machine
// from those whom it watches. A process that comes and goes in a rest is not seen.
const rest = 2

// A Watch reads the arguments and the environment of every process of sesame's programs, as another
// process of this machine can, from its start to its stop.
type Watch struct {
	plugins []string
	stop    chan struct{}
	stopped chan struct{}

	mu   sync.Mutex
	seen map[Sighting]bool
	pids map[string][]int // the processes of each program
}

// Common returns the one watch that all tests of a process share. It is never stopped.
var Common = sync.OnceValue(func() *Watch { return NewWatch() })

// NewWatch starts a watch of sesame's programs and of further plugins, by their names.
func NewWatch(plugins ...string) *Watch {
	w := &Watch{
		plugins: plugins, stop: make(chan struct{}), stopped: make(chan struct{}),
		seen: map[Sighting]bool{}, pids: map[string][]int{},
	}
	go w.run()
	return w
}

// Stop ends the watch. It is called once.
func (w *Watch) Stop() { close(w.stop); <-w.stopped }

func (w *Watch) run() {
	defer close(w.stopped)
	for pause := time.Millisecond; ; {
		select {
		case <-w.stop:
			return
		case <-time.After(pause):
			begin := time.Now()
			w.look()
			pause = max(time.Millisecond, rest*time.Since(begin))
		}
	}
}

func (w *Watch) look() {
	entries, _ := os.ReadDir("/proc")
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		if seen, ok := w.lookAt("/proc/" + entry.Name()); ok {
			w.mu.Lock()
			w.seen[seen] = true
			if !slices.Contains(w.pids[seen.Program], pid) {
				w.pids[seen.Program] = append(w.pids[seen.Program], pid)
			}
			w.mu.Unlock()
		}
	}
}

func (w *Watch) lookAt(dir string) (seen Sighting, ok bool) {
	// The name of a process that hides its memory is hidden as well, except from root.
	exe, err := os.Readlink(dir + "/exe")
	arguments, _ := os.ReadFile(dir + "/cmdline")
	if err != nil {
		exe, _, _ = strings.Cut(string(arguments), "\x00")
	}
	program := filepath.Base(exe)
	if len(arguments) == 0 || !isOurs(program) && !slices.Contains(w.plugins, program) {
		return Sighting{}, false
	}
	environ, _ := os.ReadFile(dir + "/environ")
	return Sighting{program, string(arguments), string(environ)}, true
}

func isOurs(program string) bool {
	return mayHaveAll(program) || strings.HasPrefix(program, "sesame-provider-")
}

// AwaitEnd waits until no process is left that has the text in its environment, a minute at most.
func (w *Watch) AwaitEnd(text string) {
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		entries, _ := os.ReadDir("/proc")
		if !slices.ContainsFunc(entries, func(entry os.DirEntry) bool {
			seen, ok := w.lookAt("/proc/" + entry.Name())
			return ok && strings.Contains(seen.Environ, text)
		}) {
			return
		}
	}
}

// Processes returns the processes of a program that were seen so far, whoever started them.
func (w *Watch) Processes(program string) (pids []int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.pids[program])
}

// Sightings returns what was seen so far of processes with the text in their environment, and of those
// whose environment cannot be read.
func (w *Watch) Sightings(text string) (seen []Sighting) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for s := range w.seen {
		if s.Environ == "" || strings.Contains(s.Environ, text) {
			seen = append(seen, s)
		}
	}
	return seen
}
