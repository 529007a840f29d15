//go:build linux

package storm

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A process is one of a house's.
type process struct {
	pid  int
	args []string
}

// alive reports whether the process has not ended: one that is only not yet reaped has no arguments.
func (p process) alive() bool {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(p.pid) + "/cmdline")
	return err == nil && len(text) > 0
}

// processes returns those that have not ended, in whatever session they are, and what traces them.
func (h *house) processes() []process {
	var found []process
	names, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil || !strings.Contains(string(text), h.root+"/") {
			continue
		}
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(name)))
		found = append(found, process{pid, strings.Split(strings.TrimSuffix(string(text), "\x00"), "\x00")})
	}
	return found
}

// isRefresher and isPlugin tell what a process is.
func isRefresher(p process) bool { return slices.Contains(p.args, "refresh") }
func isPlugin(p process) bool    { return strings.Contains(filepath.Base(p.args[0]), "provider-pyx") }

// find returns the first process of a kind; false if there is none before done is closed.
func (h *house) find(kind func(process) bool, done <-chan struct{}) (process, bool) {
	for {
		for _, p := range h.processes() {
			if kind(p) {
				return p, true
			}
		}
		select {
		case <-done:
			return process{}, false
		case <-time.After(200 * time.Microsecond):
		}
	}
}

// wantQuiet waits until every process of the house has ended and the server has none of its
// requests left: what is judged before that is not over.
func (h *house) wantQuiet(t *testing.T) {
	t.Helper()
	for begin := time.Now(); ; time.Sleep(time.Millisecond) {
		processes, connections := h.processes(), h.connections(t)
		if len(processes) == 0 && connections == 0 {
			return
		}
		if time.Since(begin) > patience {
			t.Errorf("left behind: processes %v, %d connections", processes, connections)
			return
		}
	}
}

// connections counts the connections to the server that are not over. The kernel knows of those too
// that the server has not yet accepted.
func (h *house) connections(t *testing.T) int {
	t.Helper()
	const listen, timeWait = "0A", "06"
	port, err := strconv.Atoi(h.server.URL[strings.LastIndexByte(h.server.URL, ':')+1:])
	if err != nil {
		t.Fatal(err)
	}
	table, err := os.ReadFile("/proc/net/tcp")
	if err != nil {
		t.Fatal(err)
	}
	suffix, count := fmt.Sprintf(":%04X", port), 0
	for line := range strings.Lines(string(table)) {
		columns := strings.Fields(line)
		if len(columns) > 3 && strings.HasSuffix(columns[1], suffix) &&
			columns[3] != listen && columns[3] != timeWait {
			count++
		}
	}
	return count
}

// leftovers names every file of the house that a call which ended well would not leave, and each
// socket's folder. A temporary file of a killed process is one of them.
func (h *house) leftovers(t *testing.T) []string {
	t.Helper()
	var found []string
	for _, dir := range []string{h.state, h.temp, h.logins} {
		err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || path == dir {
				return nil // it may not be there
			}
			usual := slices.Contains([]string{".token", ".lock", ".json", ".table"}, filepath.Ext(path))
			if dir == h.temp || !entry.IsDir() && !usual {
				found = append(found, strings.TrimPrefix(path, h.root+"/"))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return found
}

// wantNothingLeft fails the test if anything of a call is left but what it stored.
func (h *house) wantNothingLeft(t *testing.T) {
	t.Helper()
	h.wantQuiet(t)
	if left := h.leftovers(t); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

// wantSwept fails the test if a refresh leaves a socket's folder of a refresher that is no more. One that is dead
// and that its parent has not yet buried still counts as alive.
func (h *house) wantSwept(t *testing.T) {
	t.Helper()
	var orphans []string
	folders, _ := filepath.Glob(h.temp + "/sesame-*")
	for _, folder := range folders {
		pid, err := strconv.Atoi(strings.Split(filepath.Base(folder), "-")[1])
		if err != nil {
			t.Fatal(err)
		}
		if syscall.Kill(pid, 0) == syscall.ESRCH {
			orphans = append(orphans, folder)
		}
	}
	h.age(t, expired)
	h.mustCall(t)
	h.wantQuiet(t)
	for _, folder := range orphans {
		if _, err := os.Stat(folder); err == nil {
			t.Errorf("%s is left behind", folder)
		}
	}
}
