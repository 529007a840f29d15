//go:build linux

package storm

import (
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/providers/pyx/pyxtest"
)

// stopped stops the refresher and its plugin while their request is under way, so that the lock is
// held and nothing happens; it returns once they stand still.
func (h *house) stopped(t *testing.T) {
	t.Helper()
	standing := make(chan struct{})
	h.server.Fail(pyxtest.Fault{Before: func() {
		defer close(standing)
		for _, p := range h.processes() {
			if isRefresher(p) || isPlugin(p) {
				if err := syscall.Kill(p.pid, syscall.SIGSTOP); err != nil {
					t.Error(err)
				}
			}
		}
	}})
	first := h.call(t) // it gives its refresher two seconds, and serves the token in hand
	if first.token == "" {
		t.Errorf("the caller of the stopped refresher said %q", first.complaint)
	}
	select {
	case <-standing:
	case <-time.After(patience):
		t.Fatal("the issuer was never asked")
	}
}

// goOn lets all processes of the house run again.
func (h *house) goOn() {
	for _, p := range h.processes() {
		_ = syscall.Kill(p.pid, syscall.SIGCONT)
	}
}

// A laptop's lid is closed in the middle of a refresh, or somebody types control-Z: every other caller
// is answered all the same, within its deadline.
func TestFaultStoppedHolderOfTheLockHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		left  time.Duration
		token bool
		says  string
	}{
		{"expiring", expiring, true, ""},
		{"ending", ending, true, "the refresh took too long"},
		{"expired", expired, false, "the refresh took too long"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			h := strict(t)
			h.mustCall(t)
			h.wantQuiet(t)
			h.age(t, expiring)
			h.stopped(t)
			h.age(t, test.left)
			h.crowd(t, func(got answer) { fault{token: test.token, says: test.says}.judge(t, got) })
			h.goOn()
			h.wantQuiet(t)
			h.callUntilGood(t)
			if got := h.server.Counts(); got.Reuses > 0 {
				t.Errorf("the server saw %+v", got)
			}
			h.wantNothingLeft(t)
		})
	}
}

// crowd makes ten calls at once.
func (h *house) crowd(t *testing.T, judge func(answer)) {
	t.Helper()
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() { judge(h.call(t)) })
	}
	wg.Wait()
}

// The lock goes with its holder, however that ends: the next caller goes on where a stopped one is
// killed.
func TestFaultKilledHolderFreesTheLock(t *testing.T) {
	t.Parallel()
	h := newHouse(t, pyxtest.Config{Grace: time.Hour})
	h.mustCall(t)
	h.wantQuiet(t)
	h.age(t, expiring)
	h.stopped(t)
	h.age(t, expired)
	done := make(chan answer)
	go func() { done <- h.call(t) }()
	for _, p := range h.processes() {
		if isRefresher(p) { // there is no other as long as this one holds the lock
			_ = syscall.Kill(p.pid, syscall.SIGKILL)
		}
	}
	if got := <-done; !h.server.Accepts(got.token) {
		t.Errorf("the next caller said %q", got.complaint)
	}
	h.wantQuiet(t)
}
