//go:build unix

package herd

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/cmd/internal/programs"
	"github.com/sesame-auth/sesame/providers/pyx/pyxtest"
)

const front = "bazel-credential-sesame"

// thousand is how many callers there are; fewer where each has a log, since that one costs three times as much.
func thousand() int { return programs.Fewer(1000, 100) }

// Each of a thousand processes is one more that may tell what it should not.
func TestNothingLeaksWhereEverythingIsLogged(t *testing.T) { programs.RunTraced(t, bin) }

// The contrast that this program was born from: 1000 callers used to mean 1000 refreshes,
// all but one of them with a token that was spent.
func TestThousandCallersOnAnExpiredTokenMakeOneRefresh(t *testing.T) {
	h := newHouse(t, pyxtest.Config{Latency: 300 * time.Millisecond})
	if _, err := h.server.LoginWithLeft(h.logins, -time.Minute); err != nil {
		t.Fatal(err)
	}
	h.wantGood(t, h.call(t, thousand(), front, "get"))
	h.wantCounts(t, pyxtest.Counts{Requests: 1, Refreshes: 1})
}

func TestThousandCallersWithAnAPIKeyMakeOneExchange(t *testing.T) {
	h := newHouse(t, pyxtest.Config{Keys: []string{"sk-pyx-test"}, Latency: 300 * time.Millisecond})
	h.env = append(h.env, "PYX_API_KEY=sk-pyx-test")
	h.wantGood(t, h.call(t, thousand(), front, "get"))
	h.wantCounts(t, pyxtest.Counts{Requests: 1, Exchanges: 1})
}

func TestThousandCallersOnAFreshTokenAskNobodyAndWriteNothing(t *testing.T) {
	h := newHouse(t, pyxtest.Config{})
	if _, err := h.server.Login(h.logins); err != nil {
		t.Fatal(err)
	}
	first := h.call(t, 1, front, "get")
	counts, before := h.server.Counts(), h.stateTimes(t)
	tokens := h.call(t, thousand(), front, "get")
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
	h.wantGood(t, h.callTogether(t, programs.Fewer(300, 50), "sesame", "--force-refresh", "bazel", "get"))
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
