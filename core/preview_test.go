package core

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sesame-auth/sesame/providers"
)

// What people are shown must be what the tool gets, and showing it must change nothing.
func TestPreviewIsWhatTokenAnswersAndChangesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, 5*time.Minute)
		u := mustURL(t, houseURL)
		if p := h.Preview(t.Context(), u, ""); p.Err != nil || !p.Refresh || p.Answer.Token != nil {
			t.Errorf("absent: got %+v", p)
		}
		h.want(t, "token-a")
		saves, locks := h.store.saves, h.store.locked
		for _, row := range []struct {
			name    string
			left    time.Duration
			refresh bool
			token   bool
		}{
			{"fresh", time.Hour, false, true}, {"expiring", 4 * time.Minute, true, true},
			{"ending", 30 * time.Second, true, true}, {"expired", 0, true, false},
		} {
			time.Sleep(time.Until(start0(h).Add(time.Hour - row.left)))
			p := h.Preview(t.Context(), u, "")
			if p.Err != nil || p.Refresh != row.refresh || (p.Answer.Token != nil) != row.token {
				t.Errorf("%s: got %+v", row.name, p)
			}
			if row.token && (p.Answer.Origin != Stored || p.Answer.Token.Value.Reveal() != "token-a" || !p.Answer.Token.Expires.After(time.Now())) {
				t.Errorf("%s: answered %+v", row.name, p.Answer)
			}
		}
		if h.store.saves != saves || h.store.locked != locks || h.issuer.count() != 1 {
			t.Errorf("%d saves, %d locks, %d refreshes", h.store.saves-saves, h.store.locked-locks, h.issuer.count()-1)
		}
		h.issuer.err = errors.New("down")
		_, failure := h.get(t)
		if p := h.Preview(t.Context(), u, ""); p.Err == nil || failure == nil || p.Refresh || p.Answer.Token != nil {
			t.Errorf("failed: got %+v, Token failed with %v", p, failure)
		}
	})
}

// start0 is when the stored token was obtained.
func start0(h *house) time.Time { return h.issuer.calls[0] }

func TestPreviewOfAForcedRefreshHasNoOldToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, 5*time.Minute)
		h.want(t, "token-a")
		time.Sleep(time.Second)
		h.Forced = time.Now()
		if p := h.Preview(t.Context(), mustURL(t, houseURL), ""); !p.Refresh || p.Answer.Token != nil {
			t.Errorf("got %+v", p)
		}
	})
}

func TestPreviewOfWhatIsNotStored(t *testing.T) {
	d, _ := newSurveyed(t)
	keep(t, d, "https://kept.test", password("one", "1"))
	if p := d.Preview(t.Context(), mustURL(t, "https://kept.test"), ""); p.Err != nil || p.Answer.Origin != Kept || p.Answer.Token.Username != "one" {
		t.Errorf("kept: got %+v", p)
	}
	if p := d.Preview(t.Context(), mustURL(t, "https://passed.test"), ""); p.Err != nil || p.Answer.Origin != Passed {
		t.Errorf("passed: got %+v", p)
	}
	if p := d.Preview(t.Context(), mustURL(t, "https://nobody.test"), ""); !errors.Is(p.Err, providers.ErrNotFound) {
		t.Errorf("no route: got %+v", p)
	}
	d.Finder.Profiles[1].Keeps = func(providers.Options) providers.Keeping { return providers.KeepsItself }
	if p := d.Preview(t.Context(), mustURL(t, "https://kept.test"), ""); !p.Unknown || p.Err != nil || p.Answer.Token != nil {
		t.Errorf("kept by the provider: got %+v", p)
	}
}
