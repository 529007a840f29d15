package hostile

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/cmd/internal/leak"
)

// A waiting is a front, its refresher and the plugin, in the middle of a refresh.
type waiting struct {
	*house
	issuer *issuer
	watch  *leak.Watch
	front  *exec.Cmd
	stderr strings.Builder
	pids   map[string]int
}

// newWaiting starts a refresh that hangs at the issuer. Root starts it as another user, since
// there is nothing that root cannot read.
func newWaiting(t *testing.T) *waiting {
	w := &waiting{house: newHouse(t), issuer: newIssuer(t), pids: map[string]int{}}
	w.issuer.held = make(chan struct{})
	asked := make(chan struct{}, 8)
	w.issuer.asked = asked
	w.env["PYX_API_URL"], w.env["PYX_CREDENTIALS_DIR"] = w.issuer.url, w.home+"/logins"
	w.env["SESAME_LOG"], w.env["SESAME_LOG_FILE"] = "trace", w.home+"/log"
	w.issuer.login(t, w.home+"/logins")
	w.watch = leak.NewWatch()
	t.Cleanup(w.watch.Stop)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	w.front = w.command(ctx, "sesame", "bazel", "get")
	w.front.Stdin, w.front.Stderr = strings.NewReader(bazelRequest(w.issuer.url+"/simple/")), &w.stderr
	if os.Geteuid() == 0 {
		w.front.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		if out, err := exec.Command("chown", "-R", strconv.Itoa(nobody), w.home).CombinedOutput(); err != nil {
			t.Fatalf("chown: %v: %s", err, out)
		}
	}
	if err := w.front.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { close(w.issuer.held); _ = w.front.Wait() })
	select {
	case <-asked:
	case <-ctx.Done():
		t.Fatal("the issuer was not asked: " + w.stderr.String())
	}
	w.awaitPlugin(ctx)
	return w
}

// nobody is the user of those who have nothing.
const nobody = 65534

// awaitPlugin waits until the plugin was seen that the front's refresher has started: other tests have theirs.
func (w *waiting) awaitPlugin(ctx context.Context) {
	w.t.Helper()
	front := w.front.Process.Pid
	for ; ctx.Err() == nil; time.Sleep(time.Millisecond) {
		for _, plugin := range w.watch.Processes("sesame-provider-pyx") {
			if refresher := parent(plugin); parent(refresher) == front {
				w.pids["plugin"], w.pids["refresher"], w.pids["front"] = plugin, refresher, front
				return
			}
		}
	}
	w.t.Fatal("the plugin was not seen")
}

// parent returns the process that started another; 0 if that is no more.
func parent(pid int) int {
	status, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	_, rest, _ := strings.Cut(string(status), "PPid:\t")
	text, _, _ := strings.Cut(rest, "\n")
	ppid, _ := strconv.Atoi(text)
	return ppid
}

// A crash prints all goroutines, and a plugin's stderr becomes a log and a message.
func TestCrashOutputHoldsNoSecret(t *testing.T) {
	for _, victim := range []string{"front", "refresher", "plugin"} {
		for _, signal := range []syscall.Signal{syscall.SIGABRT, syscall.SIGQUIT} {
			t.Run(victim+", "+signal.String(), func(t *testing.T) {
				w := newWaiting(t)
				if err := syscall.Kill(w.pids[victim], signal); err != nil {
					t.Fatal(err)
				}
				_ = w.front.Wait()
				told := w.stderr.String()
				if told == "" {
					t.Error("nothing was said")
				}
				w.scan.Said("the crash's stderr", told)
				w.issuer.mu.Lock()
				defer w.issuer.mu.Unlock()
				w.scan.Add(w.issuer.secrets...)
			})
		}
	}
}

// The memory of what holds a token is nobody's to read, and no core file keeps it.
func TestMemoryOfWhatHoldsATokenIsNeitherReadNorDumped(t *testing.T) {
	w := newWaiting(t)
	for _, victim := range []string{"front", "refresher", "plugin"} {
		dir := filepath.Join("/proc", strconv.Itoa(w.pids[victim]))
		limits, err := os.ReadFile(dir + "/limits")
		if err != nil {
			t.Fatal(err)
		}
		_, rest, _ := strings.Cut(string(limits), "Max core file size")
		line, _, _ := strings.Cut(rest, "\n")
		if fields := strings.Fields(line); len(fields) < 2 || fields[0] != "0" || fields[1] != "0" {
			t.Errorf("%s: core files: %q, want none", victim, line)
		}
		// The files of a process that hides its memory belong to root (proc(5)).
		info, err := os.Stat(dir + "/maps")
		if err != nil {
			t.Fatal(err)
		}
		if owner := info.Sys().(*syscall.Stat_t).Uid; owner != 0 {
			t.Errorf("%s: user %d can read its memory", victim, owner)
		}
	}
}
