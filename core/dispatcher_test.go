package core

import (
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sesame-auth/sesame/providers"
)

// many calls fn at once and waits for all.
func many(n int, fn func(i int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { fn(i) })
	}
	wg.Wait()
}

func TestFreshTokenIsServedWithoutALockOrAWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, 5*time.Minute)
		h.want(t, "token-a")
		saves, locks := h.store.saves, h.store.locked
		time.Sleep(55 * time.Minute)
		many(100, func(int) { h.want(t, "token-a") })
		if h.store.saves != saves || h.store.locked != locks || h.issuer.count() != 1 {
			t.Errorf("%d saves, %d locks, %d refreshes for fresh tokens",
				h.store.saves-saves, h.store.locked-locks, h.issuer.count()-1)
		}
	})
}

func TestOneRefreshHoweverManyAskForAnExpiredToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, 5*time.Minute)
		h.issuer.latency = 300 * time.Millisecond
		many(1000, func(int) { h.want(t, "token-a") })
		time.Sleep(time.Hour)
		many(1000, func(int) { h.want(t, "token-b") })
		if got := h.issuer.count(); got != 2 {
			t.Errorf("%d refreshes, want 2", got)
		}
	})
}

// The tool is told when to come back: with the token it has then, a refresh is due.
func TestServedTokenTellsWhenTheNextRefreshIsDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, 5*time.Minute)
		token, err := h.get(t)
		if err != nil {
			t.Fatal(err)
		}
		if want := time.Now().Add(55 * time.Minute); !token.Expires.Equal(want) {
			t.Errorf("told %v, want %v", token.Expires, want)
		}
	})
}

func TestExpiringTokenIsRefreshedByOneAndServedToAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, 5*time.Minute)
		h.want(t, "token-a")
		time.Sleep(56 * time.Minute)
		h.issuer.latency = time.Second
		var mu sync.Mutex
		served := map[string]int{}
		begin := time.Now()
		many(100, func(int) {
			token, err := h.get(t)
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			served[token.Value.Reveal()]++
		})
		if served["token-b"] != 1 || served["token-a"] != 99 || time.Since(begin) != time.Second {
			t.Errorf("served %v in %v; want the old one to 99, at once", served, time.Since(begin))
		}
		h.want(t, "token-b")
	})
}

// A slow issuer must not hold up a build that has a good token.
func TestExpiringTokenIsServedWhenItsRefreshIsSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, 5*time.Minute)
		h.want(t, "token-a")
		time.Sleep(56 * time.Minute)
		h.issuer.latency = 10 * time.Second
		begin := time.Now()
		h.want(t, "token-a")
		if waited := time.Since(begin); waited != 2*time.Second {
			t.Errorf("waited %v, want 2s", waited)
		}
		time.Sleep(9 * time.Second)
		h.want(t, "token-b") // the refresh went on
	})
}

func TestEndingTokenIsServedWithOneWarningWhenItsRefreshFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, 5*time.Minute)
		h.want(t, "token-a")
		time.Sleep(59*time.Minute + 10*time.Second)
		h.issuer.err = &providers.Error{Kind: providers.ErrUnavailable, Message: "the issuer is down"}
		h.want(t, "token-a")
		if len(h.warnings) != 1 || !strings.HasPrefix(h.warnings[0], "the token in hand is good for another 50s, but token for https://") ||
			!strings.Contains(h.warnings[0], "the issuer is down") {
			t.Errorf("warned %q, want once, with the cause", h.warnings)
		}
		time.Sleep(time.Second / 4) // backing off: the next caller is told too
		h.want(t, "token-a")
		if len(h.warnings) != 2 || h.issuer.count() != 2 {
			t.Errorf("warned %q after %d refreshes", h.warnings, h.issuer.count())
		}
	})
}

func TestEndingTokenIsRefreshedWhileAllWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, 5*time.Minute)
		h.want(t, "token-a")
		time.Sleep(59*time.Minute + 10*time.Second)
		h.issuer.latency = time.Second
		many(100, func(int) { h.want(t, "token-b") })
		if got := h.issuer.count(); got != 2 {
			t.Errorf("%d refreshes, want 2", got)
		}
	})
}

func TestWaitEndsAtTheDeadlineAndSaysThatTheRefreshGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, 5*time.Minute)
		h.issuer.latency = 20 * time.Second
		begin := time.Now()
		many(10, func(int) {
			if _, err := h.get(t); err == nil || !strings.Contains(err.Error(), "took too long") {
				t.Errorf("got %v", err)
			}
		})
		if waited := time.Since(begin); waited != 8*time.Second {
			t.Errorf("waited %v, want 8s", waited)
		}
		time.Sleep(13 * time.Second)
		h.want(t, "token-a")
	})
}
