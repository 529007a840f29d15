//go:build linux && faults

package storm

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
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

func (h *house) traceFile() string { return h.root + "/trace" }

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

// A point is where a refresh is killed: strace's filters for it.
type point struct {
	name string
	args []string
}

// points returns each kind of system call, and whatever touches one of the files that matter.
func (h *house) points(t *testing.T) []point {
	t.Helper()
	var points []point
	for _, name := range calls {
		points = append(points, point{name, []string{"-e", "trace=" + name, "-e", "inject=" + name}})
	}
	stored, _ := h.tokenFile(t)
	logins, err := filepath.Glob(h.logins + "/*/tokens.json")
	if err != nil || len(logins) != 1 {
		t.Fatalf("logins %q: %v", logins, err)
	}
	for _, path := range []string{stored, stored + ".new", h.state, logins[0], logins[0] + ".new"} {
		// Only what is traced is filtered by path.
		name := strings.TrimPrefix(path, h.root+"/")
		points = append(points, point{name, []string{"-P", path, "-e", "inject=all"}})
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
		t.Logf("%-100s killed at %d calls", p.name, n)
		if n == 0 {
			t.Errorf("nothing was killed at %s", p.name)
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
	args := slices.Clone(p.args)
	args[len(args)-1] += ":signal=KILL:when=" + strconv.Itoa(n)
	h.tracing(t, args...)
	if got := h.call(t); got.token == "" {
		t.Errorf("%s, %d: a token was in hand, and the call said %q", p.name, n, got.complaint)
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

// errnos are how a disk refuses.
var errnos = map[string]string{
	"ENOSPC": "no space left on device", "EIO": "input/output error",
	"EDQUOT": "disk quota exceeded", "EROFS": "read-only file system",
}

// brokenDisk returns a fault for each call that stores a record and each way in which it fails.
func brokenDisk(row func(call, errno, says string) fault) []fault {
	var faults []fault
	for _, call := range []string{"openat", "write", "fsync", "renameat,renameat2"} {
		for errno, says := range errnos {
			faults = append(faults, row(call, errno, says))
		}
	}
	return faults
}

// injection returns strace's arguments for a call that fails on the record's way to the disk.
func (h *house) injection(t *testing.T, call, errno string) []string {
	path, _ := h.tokenFile(t)
	return []string{"-P", path + ".new", "-e", "trace=" + call, "-e", "inject=" + call + ":error=" + errno}
}

// A provider whose refresh token is spent with the asking is not asked where the disk has failed before.
func TestFaultsOfADiskBeforeTheRefreshCostNoRefreshToken(t *testing.T) {
	t.Parallel()
	tryAll(t, brokenDisk(func(call, errno, says string) fault {
		var before string
		return fault{
			name: call + " " + errno + " before", left: expired,
			says: "could not be kept, so none is asked for",
			harm: unasked(func(t *testing.T, h *house) {
				before = h.stored(t)
				h.tracing(t, h.injection(t, call, errno)...)
			}),
			heal: asked(func(t *testing.T, h *house) {
				if h.stored(t) != before || !strings.Contains(h.traced(t), "INJECTED") {
					t.Errorf("%s: the stored token changed, or nothing failed:\n%s", says, h.traced(t))
				}
				h.tracing(t)
			}),
		}
	}), strict)
}

// stored returns the text of the stored record.
func (h *house) stored(t *testing.T) string {
	t.Helper()
	path, _ := h.tokenFile(t)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Once the refresh has happened its token is good, stored or not: the caller gets it with one warning.
func TestFaultsOfADiskAfterTheRefreshKeepTheNewToken(t *testing.T) {
	t.Parallel()
	tryAll(t, brokenDisk(func(call, errno, says string) fault {
		return fault{
			name: call + " " + errno + " after", left: expired, token: true,
			says: "the new token is not stored: ",
			harm: func(t *testing.T, h *house) {
				h.server.Fail(pyxtest.Fault{Before: func() { h.attach(t, h.injection(t, call, errno)) }})
			},
			heal: func(t *testing.T, h *house) {
				h.wantQuiet(t)
				record, err := h.record(t)
				if err != nil || record.Token == nil || record.Intent.IsZero() {
					t.Errorf("%s: record %+v: %v, want the one from before the request", says, record, err)
				}
			},
		}
	}), strict)
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
