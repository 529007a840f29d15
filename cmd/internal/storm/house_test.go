//go:build linux

package storm

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/cmd/internal/leak"
	"github.com/sesame-auth/sesame/cmd/internal/programs"
	"github.com/sesame-auth/sesame/core"
	"github.com/sesame-auth/sesame/core/filestore"
	"github.com/sesame-auth/sesame/providers/pyx/pyxtest"
)

// A house is a server, a login, and programs and folders that no other test has.
type house struct {
	server                   *pyxtest.Server
	root                     string
	bin, state, temp, logins string
	front                    string // the program that a tool starts
	env                      []string
	requests                 int // that the server had seen before a fault
	scan                     *leak.Scan
}

// newHouse makes a house in which somebody is logged in.
func newHouse(t *testing.T, config pyxtest.Config) *house {
	t.Helper()
	// A socket's path must be short, and t.TempDir's is not.
	root, err := os.MkdirTemp("/tmp", "storm-")
	if err != nil {
		t.Fatal(err)
	}
	h := &house{
		server: pyxtest.New(config), root: root, bin: root + "/bin", state: root + "/home/state",
		temp: root + "/tmp", logins: root + "/logins",
	}
	h.front = h.bin + "/bazel-credential-sesame"
	t.Cleanup(func() { os.RemoveAll(root) })
	h.scan = leak.Test(t, root, func() []string { return h.env })
	t.Cleanup(func() {
		h.server.Close()
		for _, p := range h.processes() {
			_ = syscall.Kill(p.pid, syscall.SIGKILL)
		}
		h.wantQuiet(t)
	})
	for _, dir := range []string{h.bin, h.temp, h.logins, root + "/home"} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	h.linkPrograms(t)
	h.env = []string{
		"HOME=" + root + "/home", "PATH=" + os.Getenv("PATH"), "TMPDIR=" + h.temp,
		"SESAME_STATE_DIR=" + h.state,
		"PYX_API_URL=" + h.server.URL, "PYX_CREDENTIALS_DIR=" + h.logins,
	}
	for name, value := range programs.Log(root + "/log") {
		h.env = append(h.env, name+"="+value)
	}
	for _, path := range []string{h.bin, h.logins, h.traceFile()} {
		h.scan.Own(path)
	}
	h.login(t)
	return h
}

// traceFile is where strace writes, if it is asked to.
func (h *house) traceFile() string { return h.root + "/trace" }

// linkPrograms gives the house programs with a path of its own, by which its processes are known.
func (h *house) linkPrograms(t *testing.T) {
	t.Helper()
	names, err := filepath.Glob(built + "/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if err := os.Link(name, filepath.Join(h.bin, filepath.Base(name))); err != nil {
			t.Fatal(err)
		}
	}
}

// login logs in, as a person does with uv.
func (h *house) login(t *testing.T) {
	t.Helper()
	if _, err := h.server.LoginWithLeft(h.logins, -time.Minute); err != nil {
		t.Fatal(err)
	}
}

// An answer is what a tool got.
type answer struct {
	token     string // "" if there is none
	complaint string // what was written to stderr
	took      time.Duration
}

// command returns the front with one request.
func (h *house) command(ctx context.Context) *exec.Cmd {
	cmd := exec.CommandContext(ctx, h.front, "get")
	cmd.Env = h.env
	cmd.Stdin = strings.NewReader(fmt.Sprintf(`{"uri":%q}`, h.server.URL+"/simple/"))
	return cmd
}

// call starts a front and returns what it answered.
func (h *house) call(t *testing.T) answer {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return h.run(t, h.command(ctx))
}

func (h *house) run(t *testing.T, cmd *exec.Cmd) answer {
	t.Helper()
	var out, complaint strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &complaint
	begin := time.Now()
	err := cmd.Run()
	a := answer{complaint: complaint.String(), took: time.Since(begin)}
	h.scan.Ran(cmd.Args, cmd.ProcessState.ExitCode(), out.String(), a.complaint)
	if err == nil {
		a.token = tokenIn(t, out.String())
	} else if cmd.ProcessState.ExitCode() != 1 || a.complaint == "" {
		t.Errorf("a call ended with %v and said %q, want exit code 1 and a reason", err, a.complaint)
	}
	return a
}

// tokenIn reads the bearer token of a Bazel answer.
func tokenIn(t *testing.T, text string) string {
	t.Helper()
	var parsed struct{ Headers map[string][]string }
	err := json.Unmarshal([]byte(text), &parsed)
	values := parsed.Headers["Authorization"]
	if err != nil || len(values) != 1 || !strings.HasPrefix(values[0], "Bearer ") {
		t.Errorf("answer %q: no bearer token", text)
		return ""
	}
	return strings.TrimPrefix(values[0], "Bearer ")
}

// mustCall fails the test if there is no token that the server accepts.
func (h *house) mustCall(t *testing.T) answer {
	t.Helper()
	a := h.call(t)
	if !h.server.Accepts(a.token) {
		t.Fatalf("no good token; the call said %q", a.complaint)
	}
	return a
}

// tokenFile returns the path of the one stored token, and its key.
func (h *house) tokenFile(t *testing.T) (path, key string) {
	t.Helper()
	paths, _ := filepath.Glob(h.state + "/*.token")
	if len(paths) != 1 {
		t.Fatalf("stored tokens: %q, want one", paths)
	}
	return paths[0], strings.TrimSuffix(filepath.Base(paths[0]), ".token")
}

// record reads the stored record, as a front does.
func (h *house) record(t *testing.T) (*core.Record, error) {
	t.Helper()
	_, key := h.tokenFile(t)
	return (&filestore.Store{Dir: h.state}).Load(key)
}

// age changes the stored token to one that has left to live, as if time had passed since the last
// call. Nothing else may write it meanwhile.
func (h *house) age(t *testing.T, left time.Duration) {
	t.Helper()
	record, err := h.record(t)
	if err != nil || record == nil || record.Token == nil {
		t.Fatalf("no token to age: %v", err)
	}
	record.Token.Expires = time.Now().Add(left)
	record.Token.Issued = record.Token.Expires.Add(-time.Hour)
	record.Attempt, record.Failure = time.Time{}, nil
	_, key := h.tokenFile(t)
	if err := (&filestore.Store{Dir: h.state}).Save(key, record); err != nil {
		t.Fatal(err)
	}
}

// Times that a token has left, one for each verdict, under the tolerance of five minutes and a
// lifetime of an hour.
const (
	expired  = -time.Minute
	ending   = 50 * time.Second
	expiring = 4 * time.Minute
)
