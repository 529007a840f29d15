//go:build linux

package storm

import (
	"context"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/cmd/internal/programs"
	"github.com/sesame-auth/sesame/core/filestore"
	"github.com/sesame-auth/sesame/providers/pyx/pyxtest"
)

// goesOn is how long after a kill the next caller may take to go on: until it has the lock, and its refresher has
// noted what it is about to do. It is asserted in the full storm alone. How long it then takes to ask the issuer
// is for the machine to say, which starts a plugin for it: that is printed.
const goesOn = 100 * time.Millisecond

// A takeover is how long after a kill the next caller went on.
type takeover struct {
	took  []time.Duration // to the lock: its refresher has noted its intent
	asked []time.Duration // to the issuer, which has its request
	floor floor
}

// A killed holder of the lock must not cost the next caller a timeout, a poll, or a person's help: the
// kernel wakes it. What that took is compared with the least that it can take on this machine now.
func TestStormNextCallerGoesOnAfterAKill(t *testing.T) {
	for _, test := range []struct {
		name string
		hold func(h *house, t *testing.T) held
	}{
		{"refresher", (*house).heldByRefresher},
		{"caller", (*house).heldByCaller},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := newHouse(t, pyxtest.Config{})
			h.mustCall(t)
			h.wantQuiet(t)
			var all takeover
			for range scale("STORM", 5, 40) {
				h.age(t, expired)
				all.floor.measure(t, h.root+"/floor")
				all.measure(t, h, test.hold)
			}
			all.log(t, "killed "+test.name)
			if got := h.server.Counts(); got.Reuses+got.Refusals > 0 {
				t.Errorf("the server saw %+v", got)
			}
			if median := median(all.took); scale("STORM", 0, 1) > 0 && median > goesOn {
				t.Errorf("the next caller went on after a median of %v, want at most %v", median, goesOn)
			}
		})
	}
}

// measure has a lock held, lets a caller wait for it, kills the holder, and measures when the caller goes on.
func (o *takeover) measure(t *testing.T, h *house, hold func(*house, *testing.T) held) {
	t.Helper()
	holder := hold(h, t)
	next := make(chan answer)
	go func() { next <- h.call(t) }()
	awaitLock(t, h.lockFile(t), true)
	store, key := &filestore.Store{Dir: h.state}, h.key(t)
	moments := make(chan [2]time.Time, 1) // the intent, the request
	h.server.Fail(pyxtest.Fault{Before: func() {
		asked, intent := time.Now(), time.Time{}
		if record, err := store.Load(key); err == nil {
			intent = record.Intent
		}
		moments <- [2]time.Time{intent, asked}
	}})
	killed := time.Now()
	if err := syscall.Kill(holder.pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if got := <-next; !h.server.Accepts(got.token) {
		t.Fatalf("the next caller said %q", got.complaint)
	}
	holder.end()
	h.wantQuiet(t)
	got := <-moments
	if !got[0].After(killed) || !got[1].After(got[0]) {
		t.Fatalf("killed at %v, intent noted and issuer asked at %v: not in this order", killed, got)
	}
	o.took = append(o.took, got[0].Sub(killed))
	o.asked = append(o.asked, got[1].Sub(killed))
}

// A held is a lock that is held by a process.
type held struct {
	pid int
	end func() // waits for what came of the call
}

// heldByRefresher starts a caller whose refresher waits for an issuer that never answers.
func (h *house) heldByRefresher(t *testing.T) held {
	t.Helper()
	asked, called := make(chan struct{}), make(chan struct{})
	h.server.Fail(pyxtest.Fault{StallHeaders: true, Before: func() { close(asked) }})
	go func() { defer close(called); h.call(t) }() // it loses its refresher, and is told so
	<-asked
	refresher, ok := h.find(isRefresher, called)
	if !ok {
		t.Fatal("no refresher")
	}
	return held{refresher.pid, func() { <-called }}
}

// heldByCaller starts a caller that has taken the lock and done no more: strace delays it there until it is
// stopped, and then lets go of it.
func (h *house) heldByCaller(t *testing.T) held {
	t.Helper()
	programs.Need(t, "strace", "strace")
	front := h.command(context.Background())
	cmd := exec.Command("strace", append([]string{"-f", "-qq", "-o", h.traceFile(), "-e", "trace=flock",
		"-e", "inject=flock:delay_exit=600000000"}, front.Args...)...)
	cmd.Env, cmd.Stdin = front.Env, front.Stdin
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	pid := awaitLock(t, h.lockFile(t), false)
	status := "/proc/" + strconv.Itoa(pid) + "/status"
	awaitText(t, status, "\nPPid:\t"+strconv.Itoa(cmd.Process.Pid)+"\n") // or else it is somebody else's
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	awaitText(t, h.traceFile(), "--- stopped by SIGSTOP ---") // a signal that is only on its way would be lost
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	awaitText(t, status, "\nState:\tT ")
	return held{pid, func() {}}
}

// awaitText waits until a file holds a text.
func awaitText(t *testing.T, path, text string) {
	t.Helper()
	for begin := time.Now(); time.Since(begin) < patience; time.Sleep(time.Millisecond) {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(content), text) {
			return
		}
	}
	t.Fatalf("%s does not say %q", path, text)
}

func (h *house) key(t *testing.T) string {
	t.Helper()
	_, key := h.tokenFile(t)
	return key
}

func (h *house) lockFile(t *testing.T) string {
	t.Helper()
	return h.state + "/" + h.key(t) + ".lock"
}

// log prints what was measured; the quotient is of times that were taken side by side.
func (o *takeover) log(t *testing.T, what string) {
	t.Helper()
	floor := median(o.floor.woken) + median(o.floor.started)
	t.Logf("%-17s %3d times: the next caller has the lock after %v, and asks the issuer after %v (%v to %v); "+
		"a bare waiter is awake after %v, and a bare program runs after %v: %.1f times both", what, len(o.asked),
		round(median(o.took)), round(median(o.asked)), round(slices.Min(o.asked)), round(slices.Max(o.asked)),
		round(median(o.floor.woken)), round(median(o.floor.started)), float64(median(o.asked))/float64(floor))
}

func round(d time.Duration) time.Duration { return d.Round(10 * time.Microsecond) }

func median(times []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(times))
	return sorted[len(sorted)/2]
}
