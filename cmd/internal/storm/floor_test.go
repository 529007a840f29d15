//go:build linux

package storm

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A floor is the least that it takes, here and now, to go on after a kill.
type floor struct {
	woken   []time.Duration // from the kill of a lock's holder until a bare waiter has it
	started []time.Duration // from the start of a bare program until it runs
}

// measure kills a bare holder of a lock for which a bare program waits.
func (f *floor) measure(t *testing.T, lock string) {
	t.Helper()
	begin := time.Now()
	holder := startWaiter(t, lock)
	f.started = append(f.started, holder.has(t).Sub(begin))
	waiter := startWaiter(t, lock)
	awaitLock(t, lock, true)
	killed := time.Now()
	if err := holder.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	f.woken = append(f.woken, waiter.has(t).Sub(killed))
	_ = waiter.stdin.Close()
	_, _ = holder.cmd.Wait(), waiter.cmd.Wait()
}

// A bareWaiter is the program testdata/waiter.
type bareWaiter struct {
	cmd   *exec.Cmd
	stdin io.Closer
	said  *bufio.Reader
}

func startWaiter(t *testing.T, lock string) bareWaiter {
	t.Helper()
	cmd := exec.Command(built+"/waiter", lock)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	return bareWaiter{cmd, stdin, bufio.NewReader(stdout)}
}

// has returns when it had the lock.
func (w bareWaiter) has(t *testing.T) time.Time {
	t.Helper()
	line, err := w.said.ReadString('\n')
	at, notNumber := strconv.ParseInt(strings.TrimSpace(line), 10, 64)
	if err != nil || notNumber != nil {
		t.Fatalf("the bare waiter said %q: %v", line, err)
	}
	return time.Unix(0, at)
}

// awaitLock waits until a process holds the lock of a file, or waits for it, and returns that process
// (proc_locks(5)).
func awaitLock(t *testing.T, path string, waiting bool) (pid int) {
	t.Helper()
	for begin := time.Now(); time.Since(begin) < patience; time.Sleep(time.Millisecond) {
		table, err := os.ReadFile("/proc/locks")
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil {
			continue // it is made with the first lock
		}
		suffix := ":" + strconv.FormatUint(info.Sys().(*syscall.Stat_t).Ino, 10)
		for line := range strings.Lines(string(table)) {
			columns := strings.Fields(strings.Replace(line, "-> ", "", 1))
			if len(columns) > 5 && columns[1] == "FLOCK" && strings.HasSuffix(columns[5], suffix) &&
				strings.Contains(line, "->") == waiting {
				pid, _ = strconv.Atoi(columns[4])
				return pid
			}
		}
	}
	t.Fatalf("nobody has the lock %s, or waits for it", path)
	return 0
}
