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

func TestMain(m *testing.M) {
	dir, remove, err := programs.Build()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	bin = dir
	code := m.Run()
	remove()
	os.Exit(code)
}

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

// caller is one process that has been started and waits for its request.
type caller struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    strings.Builder
	errout strings.Builder
}

// call starts n processes, gives all of them the request once the last is up, and returns
// the token that each was answered.
func (h *house) call(t *testing.T, n int, program string, args ...string) []string {
	t.Helper()
	callers := make([]*caller, n)
	for i := range callers {
		c := &caller{cmd: exec.Command(filepath.Join(bin, program), args...)}
		c.cmd.Env, c.cmd.Stdout, c.cmd.Stderr = h.env, &c.out, &c.errout
		var err error
		if c.in, err = c.cmd.StdinPipe(); err != nil {
			t.Fatal(err)
		}
		if err := c.cmd.Start(); err != nil {
			t.Fatal(err)
		}
		callers[i] = c
	}
	request := fmt.Sprintf(`{"uri":%q}`, h.server.URL+"/simple/")
	tokens := make([]string, n)
	var wg sync.WaitGroup
	for i, c := range callers {
		wg.Go(func() {
			_, _ = io.WriteString(c.in, request)
			_ = c.in.Close()
			if err := c.cmd.Wait(); err != nil {
				t.Errorf("caller %d: %v: %s", i, err, c.errout.String())
				return
			}
			if c.errout.Len() > 0 {
				t.Errorf("caller %d said %q", i, c.errout.String())
			}
			tokens[i] = tokenIn(t, c.out.String())
		})
	}
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
	h.wantGood(t, h.call(t, 300, "sesame", "--force-refresh", "bazel", "get"))
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
