//go:build linux

package storm

import (
	"context"
	"errors"
	"math/rand/v2"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/providers/pyx/pyxtest"
)

// loginHint is what a person must type once a login is lost.
const loginHint = "type: sesame login "

// span returns a little more than the time of a whole refresh, in which to kill.
func (h *house) span(t *testing.T) time.Duration {
	t.Helper()
	h.mustCall(t)
	h.wantQuiet(t)
	h.age(t, expired)
	span := h.mustCall(t).took * 5 / 4
	h.wantQuiet(t)
	return span
}

// killCallers starts four fronts that need a refresh, and kills each at some moment of it, two
// with their process groups, as a build tool does with what it started.
func (c *tally) killCallers(t *testing.T, h *house) {
	t.Helper()
	killed := make(chan bool)
	for i := range 4 {
		cmd := h.command(context.Background())
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		victim, moment := cmd.Process.Pid*(1-2*(i%2)), c.moment() // negative: its group
		go func() {
			time.Sleep(moment)
			_ = syscall.Kill(victim, syscall.SIGKILL)
			killed <- wasKilled(cmd.Wait())
		}()
	}
	for range 4 {
		c.struck(<-killed)
	}
}

func wasKilled(err error) bool {
	exit, ok := errors.AsType[*exec.ExitError](err)
	return ok && exit.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL
}

// With the refresh in the caller, each of these kills could end a login.
func TestStormOfKilledCallersLosesNothing(t *testing.T) {
	h := newHouse(t, pyxtest.Config{Latency: 60 * time.Millisecond})
	c := tally{span: h.span(t)}
	for c.kills < scale("STORM", 24, 1000) {
		h.age(t, expired)
		c.killCallers(t, h)
		c.judge(t, h)
		if got := h.call(t); !h.server.Accepts(got.token) {
			t.Fatalf("after kill %d, the next call said %q", c.kills, got.complaint)
		}
		h.wantQuiet(t)
	}
	got := h.server.Counts()
	c.lost = got.Reuses + got.Refusals
	c.log(t, "callers and their groups")
	if c.lost > 0 || c.sockets > 0 || c.files > 1 {
		t.Errorf("lost %d, sockets %d, files %d: want none, none, at most one", c.lost, c.sockets, c.files)
	}
}

// strike starts a front that needs a refresh, kills the first process of a kind at some moment
// of its life, and returns what the caller got, and whether the victim was still there.
func (h *house) strike(t *testing.T, kind func(process) bool, moment time.Duration) (answer, bool) {
	t.Helper()
	var got answer
	done := make(chan struct{})
	go func() { defer close(done); got = h.call(t) }()
	killed := false
	if victim, ok := h.find(kind, done); ok {
		time.Sleep(moment)
		killed = victim.alive() && syscall.Kill(victim.pid, syscall.SIGKILL) == nil
	}
	<-done
	h.wantQuiet(t)
	return got, killed
}

// An issuer that answers the last refresh token again makes up for whatever is killed. The folder of a
// plugin's socket whose refresher is killed while it connects is removed by the next refresh.
func TestStormOfKilledRefreshersLosesNothingWithinTheGrace(t *testing.T) {
	h := newHouse(t, pyxtest.Config{Latency: 20 * time.Millisecond, Grace: time.Hour})
	c := tally{span: h.span(t)}
	for c.kills < scale("STORM", 10, 300) {
		c.round(t, h, isRefresher)
		if got := h.call(t); !h.server.Accepts(got.token) {
			t.Fatalf("after kill %d, the next call said %q", c.kills, got.complaint)
		}
		h.wantQuiet(t)
	}
	c.lost = h.server.Counts().Reuses
	c.log(t, "refreshers, issuer with grace")
	if c.lost > 0 || c.files > 2 {
		t.Errorf("lost %d, files %d: want none, and only what the last kills left", c.lost, c.files)
	}
	h.wantSwept(t)
}

// round strikes once and judges. A caller that has a token in hand must be answered.
func (c *tally) round(t *testing.T, h *house, kind func(process) bool) (left time.Duration) {
	t.Helper()
	left = []time.Duration{expired, ending}[rand.N(2)]
	h.age(t, left)
	got, killed := h.strike(t, kind, c.moment())
	if left > 0 && got.token == "" {
		t.Errorf("a token was in hand, and the call said %q", got.complaint)
	}
	c.struck(killed)
	c.judge(t, h)
	return left
}

// Nothing can save a refresh token that is spent and whose successor was on its way to a killed
// process; but the person is told what happened and what to do, and works on until then.
func TestStormOfKilledRefreshersTellsEachLossWithoutGrace(t *testing.T) {
	h := newHouse(t, pyxtest.Config{Latency: 20 * time.Millisecond})
	c := tally{span: h.span(t)}
	for c.kills < scale("STORM", 10, 300) {
		left := c.round(t, h, isRefresher)
		got := h.call(t)
		h.wantQuiet(t)
		if lost := h.server.Counts().Reuses; lost > c.lost {
			c.lost = lost
			wantLoss(t, got, left)
			h.login(t)
			h.age(t, expired) // a token in hand would be served to its end
			h.mustCall(t)
		} else if got.token == "" {
			t.Errorf("nothing was lost, and the call said %q", got.complaint)
		}
		h.wantQuiet(t)
	}
	c.log(t, "refreshers, issuer without grace")
}

// wantLoss checks what a caller is told who finds that the refresh token is spent.
func wantLoss(t *testing.T, got answer, left time.Duration) {
	t.Helper()
	if (got.token != "") != (left > 0) {
		t.Errorf("the token had %v left, and the answer was %+v", left, got)
	}
	for _, want := range []string{"was interrupted at", loginHint} {
		if !strings.Contains(got.complaint, want) {
			t.Errorf("the loss was told as %q, without %q", got.complaint, want)
		}
	}
}

// A plugin is the one process that holds the new refresh token before anything is written.
func TestStormOfKilledPluginsLosesNothingWithinTheGrace(t *testing.T) {
	h := newHouse(t, pyxtest.Config{Latency: 20 * time.Millisecond, Grace: time.Hour})
	c := tally{span: h.span(t)}
	for c.kills < scale("STORM", 5, 100) {
		c.round(t, h, isPlugin)
		h.callUntilGood(t)
	}
	c.lost = h.server.Counts().Reuses
	c.log(t, "plugins, issuer with grace")
	if c.lost > 0 || c.sockets > 0 || c.files > 2 {
		t.Errorf("lost %d, sockets %d, files %d: want none, none, at most two", c.lost, c.sockets, c.files)
	}
}

// Without grace a killed plugin may have spent the refresh token: whoever loses the login by it is
// told what to type.
func TestStormOfKilledPluginsTellsEachLossWithoutGrace(t *testing.T) {
	h := newHouse(t, pyxtest.Config{Latency: 20 * time.Millisecond})
	c := tally{span: h.span(t)}
	for c.kills < scale("STORM", 5, 100) {
		c.round(t, h, isPlugin)
		h.age(t, expired) // and forget the failure, which holds the next try back
		got := h.call(t)
		h.wantQuiet(t)
		if lost := h.server.Counts().Reuses; lost > c.lost {
			c.lost = lost
			if got.token != "" || !strings.Contains(got.complaint, loginHint) {
				t.Errorf("the loss was told as %+v", got)
			}
			h.login(t)
			h.mustCall(t)
		} else if got.token == "" {
			t.Errorf("nothing was lost, and the call said %q", got.complaint)
		}
		h.wantQuiet(t)
	}
	c.log(t, "plugins, issuer without grace")
	if c.sockets > 0 {
		t.Errorf("%d sockets are left behind", c.sockets)
	}
}

// callUntilGood calls until there is a token: between two tries a failure is remembered, and
// says until when.
func (h *house) callUntilGood(t *testing.T) {
	t.Helper()
	for begin := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		got := h.call(t)
		h.wantQuiet(t)
		switch {
		case h.server.Accepts(got.token):
			return
		case time.Since(begin) > patience:
			t.Fatalf("no call succeeds any more: %q", got.complaint)
		case !strings.Contains(got.complaint, "next try in"):
			t.Fatalf("a call between two tries said %q", got.complaint)
		}
	}
}
