//go:build unix

package herd

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/sesame-auth/sesame/cmd/internal/leak"
	"github.com/sesame-auth/sesame/cmd/internal/programs"
	"github.com/sesame-auth/sesame/providers/pyx/pyxtest"
)

var bin string

func TestMain(m *testing.M) { programs.Main(m, &bin) }

// A house is a server, a login, and an environment of its own.
type house struct {
	server *pyxtest.Server
	home   string
	logins string
	env    []string
	state  string
	scan   *leak.Scan
}

func newHouse(t *testing.T, config pyxtest.Config) *house {
	t.Helper()
	home := t.TempDir()
	h := &house{server: pyxtest.New(config), home: home, logins: home + "/logins", state: home + "/state"}
	t.Cleanup(h.server.Close)
	h.env = []string{
		"HOME=" + home, "PATH=" + os.Getenv("PATH"),
		"SESAME_STATE_DIR=" + h.state,
		"PYX_API_URL=" + h.server.URL, "PYX_CREDENTIALS_DIR=" + h.logins,
	}
	for name, value := range programs.Log(home + "/log") {
		h.env = append(h.env, name+"="+value)
	}
	h.scan = leak.Test(t, home, func() []string { return h.env })
	h.scan.Own(h.logins)
	return h
}

// call starts n processes at once, each with its request, and returns the token that each was
// answered. The request is a file: a pipe would wait for this process, which is busy.
func (h *house) call(t *testing.T, n int, program string, args ...string) []string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "request")
	if err := os.WriteFile(path, []byte(h.request()), 0o600); err != nil {
		t.Fatal(err)
	}
	return h.start(t, n, func(cmd *exec.Cmd) {
		request, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		cmd.Stdin = request
	}, func() {}, program, args...)
}

// callTogether is call, but no process gets its request before the last is there.
func (h *house) callTogether(t *testing.T, n int, program string, args ...string) []string {
	t.Helper()
	var pipes []io.WriteCloser
	return h.start(t, n, func(cmd *exec.Cmd) {
		pipe, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		pipes = append(pipes, pipe)
	}, func() {
		for _, pipe := range pipes {
			_, _ = io.WriteString(pipe, h.request())
			_ = pipe.Close()
		}
	}, program, args...)
}

func (h *house) request() string { return fmt.Sprintf(`{"uri":%q}`, h.server.URL+"/simple/") }

// start starts n processes with what stdin gives them, calls started, and returns the token that each
// was answered.
func (h *house) start(t *testing.T, n int, stdin func(*exec.Cmd), started func(), program string, args ...string) []string {
	t.Helper()
	tokens := make([]string, n)
	var wg sync.WaitGroup
	for i := range n {
		var out, complaint strings.Builder
		cmd := exec.Command(filepath.Join(bin, program), args...)
		cmd.Env, cmd.Stdout, cmd.Stderr = h.env, &out, &complaint
		stdin(cmd)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if file, ok := cmd.Stdin.(*os.File); ok {
			_ = file.Close()
		}
		wg.Go(func() {
			err := cmd.Wait()
			h.scan.Ran(cmd.Args, cmd.ProcessState.ExitCode(), out.String(), complaint.String())
			if err != nil {
				t.Errorf("caller %d: %v: %s", i, err, complaint.String())
				return
			}
			if complaint.Len() > 0 {
				t.Errorf("caller %d said %q", i, complaint.String())
			}
			tokens[i] = tokenIn(t, out.String())
		})
	}
	started()
	wg.Wait()
	return tokens
}

// tokenIn reads the bearer token of a Bazel answer.
func tokenIn(t *testing.T, answer string) string {
	t.Helper()
	var parsed struct{ Headers map[string][]string }
	if err := json.Unmarshal([]byte(answer), &parsed); err != nil {
		t.Errorf("answer %q: %v", answer, err)
		return ""
	}
	values := parsed.Headers["Authorization"]
	if len(values) != 1 || !strings.HasPrefix(values[0], "Bearer ") {
		t.Errorf("answer %q: no bearer token", answer)
		return ""
	}
	return strings.TrimPrefix(values[0], "Bearer ")
}

// wantGood fails the test for every token that the server does not accept.
func (h *house) wantGood(t *testing.T, tokens []string) {
	t.Helper()
	bad := 0
	for _, token := range tokens {
		if !h.server.Accepts(token) {
			bad++
		}
	}
	if bad > 0 {
		t.Errorf("%d of %d tokens are not good", bad, len(tokens))
	}
}

func (h *house) wantCounts(t *testing.T, want pyxtest.Counts) {
	t.Helper()
	if got := h.server.Counts(); got != want {
		t.Errorf("the server saw %+v, want %+v", got, want)
	}
}
