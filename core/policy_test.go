package core

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sesame-auth/sesame/providers"
)

func TestFailingIssuerIsAskedRarelyWhileTheTokenIsGood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, 15*time.Minute)
		h.want(t, "token-a")
		time.Sleep(46 * time.Minute)
		h.issuer.err = &providers.Error{Kind: providers.ErrUnavailable, Message: "the issuer is down"}
		for range 600 {
			h.want(t, "token-a")
			time.Sleep(time.Second)
		}
		if got := h.issuer.count() - 1; got < 5 || got > 20 {
			t.Errorf("%d attempts in ten minutes, want 5 to 20", got)
		}
		if len(h.warnings) != 0 {
			t.Errorf("warned of a token that has minutes left: %q", h.warnings)
		}
	})
}

func TestExpiredTokenIsNeverServedAndFailuresAreShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, 5*time.Minute)
		h.want(t, "token-a")
		time.Sleep(time.Hour)
		h.issuer.err = &providers.Error{Kind: providers.ErrUnavailable, Message: "the issuer is down"}
		for range 600 {
			many(10, func(int) {
				_, err := h.get(t)
				if !errors.Is(err, providers.ErrUnavailable) || !strings.Contains(err.Error(), "the issuer is down") {
					t.Errorf("got %v, want the cause", err)
				}
			})
			time.Sleep(time.Second)
		}
		if got := h.issuer.count() - 1; got < 60 || got > 125 {
			t.Errorf("%d attempts in ten minutes, want 60 to 125", got)
		}
		h.issuer.err = nil
		time.Sleep(10 * time.Second)
		h.want(t, "token-"+string(rune('a'+h.issuer.count()%26)))
	})
}

func TestFailureSaysWhatWhyWhenAndWhatToType(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, 5*time.Minute)
		h.issuer.err = &providers.Error{
			Kind: providers.ErrLoginRequired, Message: "nobody is logged in", Repair: "issuer login",
		}
		_, err := h.get(t)
		if !errors.Is(err, providers.ErrLoginRequired) {
			t.Errorf("%v is not ErrLoginRequired", err)
		}
		want := "token for https://git.example.com/team: issuer: nobody is logged in; " +
			"next try in 1m0s; to repair it, type: issuer login"
		if err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	})
}

// The fault that this program was born from: an issuer of short tokens was asked on every call.
func TestShortTokensUnderALongToleranceAreRefreshedAtHalfTheirLife(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, 30*time.Minute)
		h.issuer.lifetime = time.Minute
		for range 600 {
			if _, err := h.get(t); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
		}
		if got := h.issuer.count(); got > 21 {
			t.Errorf("%d refreshes in ten minutes, want 21 at the most", got)
		}
		for i := 1; i < len(h.issuer.calls); i++ {
			if apart := h.issuer.calls[i].Sub(h.issuer.calls[i-1]); apart < 30*time.Second {
				t.Errorf("refreshes %v apart, want 30s at the least", apart)
			}
		}
	})
}

func TestTokenWithoutAnExpiryIsAskedForEveryFiveMinutesAndNoneIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, 5*time.Minute)
		h.issuer.lifetime = 0
		for range 3600 {
			token, err := h.get(t)
			if err != nil || !token.Expires.IsZero() {
				t.Fatalf("got %v and %v, want no expiry", token, err)
			}
			time.Sleep(time.Second)
		}
		if got := h.issuer.count(); got != 24 {
			t.Errorf("%d refreshes in an hour, want 24: one in half of 300 s", got)
		}
	})
}

func TestForcedCallersShareARefreshObtainedAfterTheyAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, 5*time.Minute)
		h.want(t, "token-a")
		time.Sleep(time.Minute)
		h.issuer.latency = 300 * time.Millisecond
		h.Forced = time.Now()
		many(300, func(int) { h.want(t, "token-b") })
		if got := h.issuer.count(); got != 2 {
			t.Errorf("%d refreshes, want 2", got)
		}
		if demand := h.issuer.requests[1].GoodUntil; demand.Before(time.Now().Add(MaxTolerance)) {
			t.Errorf("a forced refresh demanded a token until %v; a stored one would do", demand)
		}
	})
}

func TestForcedRefreshThatFailsIsAFailureAndKeepsTheToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, 5*time.Minute)
		h.want(t, "token-a")
		time.Sleep(time.Minute)
		h.issuer.err = &providers.Error{Kind: providers.ErrUnavailable, Message: "the issuer is down"}
		h.Forced = time.Now()
		if _, err := h.get(t); err == nil {
			t.Error("a forced refresh that failed was answered with the old token")
		}
		h.Forced = time.Time{}
		h.want(t, "token-a")
	})
}
