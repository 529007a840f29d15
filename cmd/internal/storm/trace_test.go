//go:build linux && faults

package storm

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/providers/pyx/pyxtest"
)

// tracing puts a script in the refresher's place that runs it, and its plugin, under strace with
// these arguments; with none it runs them as they are. The programs themselves lie one
// folder below.
func (h *house) tracing(t *testing.T, args ...string) {
	t.Helper()
	inner := h.bin + "/inner"
	if err := os.MkdirAll(inner, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"sesame", "sesame-provider-pyx"} {
		if err := os.Link(filepath.Join(built, name), filepath.Join(inner, name)); err != nil && !os.IsExist(err) {
			t.Fatal(err)
		}
	}
	prefix := ""
	if len(args) > 0 {
		prefix = "strace -f -qq -o " + h.traceFile() + " " + strings.Join(args, " ") + " "
	}
	script := "#!/bin/sh\nexec " + prefix + inner + "/sesame \"$@\"\n"
	// The link must not be written through.
	if err := os.Remove(h.bin + "/sesame"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(h.bin+"/sesame", []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
}

// traced returns what strace wrote.
func (h *house) traced(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(h.traceFile())
	if err != nil {
		t.Fatal("no trace (is strace installed?): ", err)
	}
	return string(text)
}

// calls are the system calls of a refresh at which it, or its plugin, is killed.
var calls = []string{
	"openat", "read", "write", "pwrite64", "ftruncate", "fchmod", "fsync", "renameat", "unlinkat",
	"mkdirat", "flock", "connect", "bind", "execve",
}

// A point is where a refresh is killed.
type point struct {
	call string
	path string // only where the call touches this file; "" for any
	late bool   // only once the issuer has been asked
}

func (p point) String() string {
	when := ""
	if p.late {
		when = " after the request"
	}
	return strings.TrimSpace(p.call + " " + filepath.Ext(strings.TrimSuffix(p.path, ".new")) + when)
}

// inject returns strace's arguments for a kill at the nth call.
func (p point) inject(n int) []string {
	args := []string{"-e", "trace=" + p.call, "-e", "inject=" + p.call + ":signal=KILL:when=" + strconv.Itoa(n)}
	if p.path != "" {
		args = append(args, "-P", p.path)
	}
	return args
}

// points returns each kind of system call, and those that put a new file in the place of the stored
// record, before and after the request, and of the login.
func (h *house) points(t *testing.T) []point {
	t.Helper()
	var points []point
	for _, call := range calls {
		points = append(points, point{call: call})
	}
	stored, _ := h.tokenFile(t)
	for _, call := range []string{"unlinkat", "openat", "fchmod", "write", "fsync", "close", "renameat"} {
		for _, late := range []bool{false, true} {
			points = append(points, point{call, stored + ".new", late})
		}
	}
	logins, err := filepath.Glob(h.logins + "/*/tokens.json")
	if err != nil || len(logins) != 1 {
		t.Fatalf("logins %q: %v", logins, err)
	}
	for _, call := range []string{"openat", "fchmod", "write", "pwrite64", "ftruncate", "fsync", "close", "renameat"} {
		points = append(points, point{call, logins[0] + ".new", false})
	}
	return points
}

// A kill leaves the old record or the new one, whatever it comes at. strace counts the calls of each
// thread apart, so that one number is tried in whichever thread comes to it first.
func TestFaultKillAtEverySystemCallLosesNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t, pyxtest.Config{Grace: time.Hour})
	h.mustCall(t)
	h.wantQuiet(t)
	c := tally{}
	for _, p := range h.points(t) {
		n := 0
		for h.killedAt(t, p, n+1, &c) {
			n++
		}
		t.Logf("%-35s killed at %d calls", p, n)
		if n == 0 {
			t.Errorf("nothing was killed at %s", p)
		}
	}
	c.lost = h.server.Counts().Reuses
	c.log(t, "at every system call")
	if c.lost > 0 || c.files > 2 {
		t.Errorf("lost %d, files %d: want none, and at most one in each folder", c.lost, c.files)
	}
}

// killedAt has a refresh killed the nth time that it comes to a point, and reports whether it was.
func (h *house) killedAt(t *testing.T, p point, n int, c *tally) bool {
	t.Helper()
	h.age(t, ending)
	if p.late {
		h.server.Fail(pyxtest.Fault{Before: func() { h.attach(t, p.inject(n)) }})
	} else {
		h.tracing(t, p.inject(n)...)
	}
	if got := h.call(t); got.token == "" {
		t.Errorf("%s, %d: a token was in hand, and the call said %q", p, n, got.complaint)
	}
	h.wantQuiet(t)
	killed := strings.Contains(h.traced(t), "killed by SIGKILL")
	if killed {
		c.kills++
	}
	c.judge(t, h)
	h.tracing(t)
	h.age(t, expired)
	h.callUntilGood(t)
	return killed
}

// attach traces the refresher from now on.
func (h *house) attach(t *testing.T, args []string) {
	refresher, ok := h.find(isRefresher, nil)
	if !ok {
		t.Error("no refresher")
		return
	}
	cmd := exec.Command("strace", append([]string{"-f", "-o", h.traceFile(), "-p", strconv.Itoa(refresher.pid)}, args...)...)
	out, err := cmd.StderrPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Error(fmt.Errorf("strace: %w", err))
		return
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || !strings.Contains(line, "attached") {
		t.Errorf("strace said %q: %v", line, err)
	}
	go func() { _ = cmd.Wait() }() // it ends with the refresher
}
