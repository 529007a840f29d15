//go:build linux

package bench

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/sesame-auth/sesame/cmd/internal/cost"
	"github.com/sesame-auth/sesame/providers/pyx/pyxtest"
)

// waiters are callers that wait for one refresh.
type waiters struct {
	memory  int64 // of all together, KiB: each page once, however many share it
	private int64 // the part of it that no two share
	threads int64
	drain   time.Duration // from the issuer's answer to the last end
}

// printWaiters measures n callers while they wait.
func (l *lab) printWaiters(h *cost.House, n int) error {
	w, err := l.waiting(h, n)
	if err != nil {
		return err
	}
	l.printf("%d callers that all wait for one refresh have %.0f MiB together (the sum of Pss in smaps_rollup; %.0f of it private) and %d\n"+
		"threads. %.0f ms after the issuer's answer begins the last of them has ended.\n\n",
		n, float64(w.memory)/1024, float64(w.private)/1024, w.threads, millis(w.drain))
	return nil
}

// waiting has the issuer hold its answer back until all callers but the one that refreshes are seen to
// wait for the lock. They are git's: Bazel gives a helper less time.
func (l *lab) waiting(h *cost.House, n int) (w waiters, err error) {
	scene, err := h.Scene("git", cost.BuiltIn)
	if err != nil {
		return w, err
	}
	if err := h.Expire(); err != nil {
		return w, err
	}
	release := make(chan struct{})
	l.issuer.Fail(pyxtest.Fault{Before: func() { <-release }})
	pids, err := startAll(scene.Program, n, "")
	if err == nil {
		err = untilBlocked(n - 1)
	}
	if err == nil {
		w, err = look(pids)
	}
	close(release)
	answer := time.Now().Add(latency)
	err = errors.Join(err, waitAll(scene.Program, pids))
	w.drain = time.Since(answer)
	return w, err
}

// untilBlocked waits until so many processes wait for one file lock.
func untilBlocked(n int) error {
	const patience = 8 * time.Second // the provider waits for its issuer a little longer
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		text, err := os.ReadFile("/proc/locks")
		if err != nil {
			return err
		}
		if strings.Count(string(text), "-> FLOCK") >= n {
			return nil
		}
	}
	return fmt.Errorf("after %v still fewer than %d callers wait for the lock", patience, n)
}

func look(pids []int) (w waiters, err error) {
	for _, pid := range pids {
		process := "/proc/" + strconv.Itoa(pid)
		for _, field := range []struct {
			file, name string
			sum        *int64
		}{
			{"/smaps_rollup", "Pss", &w.memory},
			{"/smaps_rollup", "Private_Clean", &w.private},
			{"/smaps_rollup", "Private_Dirty", &w.private},
			{"/status", "Threads", &w.threads},
		} {
			value, err := cost.Field(process+field.file, field.name)
			if err != nil {
				return w, err
			}
			*field.sum += value
		}
	}
	return w, nil
}
