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
	"time"

	"github.com/sesame-auth/sesame/cmd/internal/programs"
	"github.com/sesame-auth/sesame/providers/pyx/pyxtest"
)

var bin string

func TestMain(m *testing.M) { programs.Main(m, &bin) }

// A house is a server, a login, and an environment of its own.
type house struct {
	server *pyxtest.Server
	logins string
	env    []string
	state  string
}

func newHouse(t *testing.T, config pyxtest.Config) *house {
	t.Helper()
	h := &house{server: pyxtest.New(config), logins: t.TempDir(), state: filepath.Join(t.TempDir(), "state")}
	t.Cleanup(h.server.Close)
	h.env = []string{
		"HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH"),
		"SESAME_STATE_DIR=" + h.state,
		"PYX_API_URL=" + h.server.URL, "PYX_CREDENTIALS_DIR=" + h.logins,
	}
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
			if err := cmd.Wait(); err != nil {
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

const front = "bazel-credential-sesame"

// The contrast that this program was born from: 1000 callers used to mean 1000 refreshes,
// all but one of them with a token that was spent.
func TestThousandCallersOnAnExpiredTokenMakeOneRefresh(t *testing.T) {
	h := newHouse(t, pyxtest.Config{Latency: 300 * time.Millisecond})
	if _, err := h.server.LoginWithLeft(h.logins, -time.Minute); err != nil {
		t.Fatal(err)
	}
	h.wantGood(t, h.call(t, 1000, front, "get"))
	h.wantCounts(t, pyxtest.Counts{Requests: 1, Refreshes: 1})
}

func TestThousandCallersWithAnAPIKeyMakeOneExchange(t *testing.T) {
	h := newHouse(t, pyxtest.Config{Keys: []string{"sk-pyx-test"}, Latency: 300 * time.Millisecond})
	h.env = append(h.env, "PYX_API_KEY=sk-pyx-test")
	h.wantGood(t, h.call(t, 1000, front, "get"))
	h.wantCounts(t, pyxtest.Counts{Requests: 1, Exchanges: 1})
}

func TestThousandCallersOnAFreshTokenAskNobodyAndWriteNothing(t *testing.T) {
	h := newHouse(t, pyxtest.Config{})
	if _, err := h.server.Login(h.logins); err != nil {
		t.Fatal(err)
	}
	first := h.call(t, 1, front, "get")
	counts, before := h.server.Counts(), h.stateTimes(t)
	tokens := h.call(t, 1000, front, "get")
	h.wantGood(t, tokens)
	for _, token := range tokens {
		if token != first[0] {
			t.Fatal("a fresh token was replaced")
		}
	}
	h.wantCounts(t, counts)
	if after := h.stateTimes(t); after != before {
		t.Errorf("the state changed:\n%s\n%s", before, after)
	}
}

// stateTimes tells every file of the state with its times.
func (h *house) stateTimes(t *testing.T) string {
	t.Helper()
	entries, err := os.ReadDir(h.state)
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&text, info.Name(), info.ModTime(), info.Size())
	}
	return text.String()
}

func TestThreeHundredForcedCallersMakeAtMostTwoRefreshes(t *testing.T) {
	h := newHouse(t, pyxtest.Config{Latency: 300 * time.Millisecond})
	if _, err := h.server.Login(h.logins); err != nil {
		t.Fatal(err)
	}
	h.wantGood(t, h.callTogether(t, 300, "sesame", "--force-refresh", "bazel", "get"))
	if got := h.server.Counts(); got.Refreshes < 1 || got.Refreshes > 2 || got.Reuses != 0 {
		t.Errorf("the server saw %+v, want one or two refreshes", got)
	}
}

func TestForcedCallersOneAfterTheOtherEachGetANewToken(t *testing.T) {
	h := newHouse(t, pyxtest.Config{})
	if _, err := h.server.Login(h.logins); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for range 3 {
		seen[h.call(t, 1, "sesame", "--force-refresh", "bazel", "get")[0]] = true
	}
	if len(seen) != 3 {
		t.Errorf("three forced calls were answered %d tokens", len(seen))
	}
	h.wantCounts(t, pyxtest.Counts{Requests: 3, Refreshes: 3})
}
