package core

import (
	"testing"
	"time"

	"github.com/sesame-auth/sesame/providers"
)

// A tool that is told a past time asks again for every request (Bazel); one that is told
// the token's true end uses it when it is dead.
func TestReportIsNeverPastAndComesBackWhenARefreshIsDue(t *testing.T) {
	five := Policy{Tolerance: 5 * time.Minute}
	expires := start.Add(time.Hour)
	for _, row := range []struct {
		name   string
		policy Policy
		now    time.Time
		want   time.Time
	}{
		{"fresh: when it is due", five, start, expires.Add(-5 * time.Minute)},
		{"due in ten seconds: in half a minute", five, expires.Add(-5*time.Minute - 10*time.Second), expires.Add(-4*time.Minute - 40*time.Second)},
		{"expiring: in half a minute", five, expires.Add(-3 * time.Minute), expires.Add(-150 * time.Second)},
		{"near the last stretch: its begin", five, expires.Add(-70 * time.Second), expires.Add(-time.Minute)},
		{"ending: its end", five, expires.Add(-20 * time.Second), expires},
		{"no tolerance: its end", Policy{}, start, expires},
		{"within its last second: the next whole one", five, expires.Add(-time.Second / 4), expires},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := tokenOf(time.Hour)
			got := row.policy.Report(r.Token, r.Obtained, row.now)
			if !got.Equal(row.want) {
				t.Errorf("got %v, want %v", got, row.want)
			}
			if !got.After(row.now) {
				t.Errorf("got %v, which is not after now, %v", got, row.now)
			}
		})
	}
	if got := five.Report(&providers.Token{}, start, start); !got.IsZero() {
		t.Errorf("a token without an expiry is reported to expire at %v", got)
	}
}

// No life is too short or long, no tolerance too odd, for the invariants that hold the
// policy together.
func FuzzReportKeepsItsPromises(f *testing.F) {
	f.Add(int64(time.Hour), int64(5*time.Minute), int64(time.Minute))
	f.Add(int64(1), int64(MaxTolerance), int64(0))
	f.Fuzz(func(t *testing.T, lifetime, tolerance, age int64) {
		const most = int64(10 * 365 * 24 * time.Hour)
		if lifetime <= 0 || lifetime > most || tolerance < 0 || tolerance > int64(MaxTolerance) || age < 0 || age >= lifetime {
			return
		}
		r, p := tokenOf(time.Duration(lifetime)), Policy{Tolerance: time.Duration(tolerance)}
		now := start.Add(time.Duration(age))
		w := p.Window(r.Token, r.Obtained)
		if w.Stretch > w.Due || w.Due > w.Lifetime/2 {
			t.Errorf("H %v, W %v, L %v: want H <= W <= L/2", w.Stretch, w.Due, w.Lifetime)
		}
		if report := p.Report(r.Token, r.Obtained, now); !report.After(now) ||
			report.Sub(r.Token.Expires) >= time.Second {
			t.Errorf("reported %v at %v for a token that ends at %v", report, now, r.Token.Expires)
		}
	})
}
