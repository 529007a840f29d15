//go:build linux

package bench

import (
	"time"

	"github.com/sesame-auth/sesame/cmd/internal/cost"
)

// crowdLimit is the promise for callers that are started at once: their wall time, as a multiple of that
// of as many empty Go programs.
const crowdLimit = 1.4

// A crowd is what was measured of n callers that were started at once: medians.
type crowd struct {
	n           int
	empty, warm time.Duration
	cold        cold
	most        int // the most refreshes that one cold run made
}

// crowdsAtOnce measures callers that are started at once: empty programs, callers on a fresh token,
// callers on an expired one.
func (l *lab) crowdsAtOnce() error {
	h, err := l.house("crowd", 10, 0)
	if err != nil {
		return err
	}
	alone, err := l.alone(h)
	if err != nil {
		return err
	}
	l.printf("## Callers at once\n\nMedians of %d runs, all started by one starter. The issuer answers after %v. One caller alone on an expired\n"+
		"token, with the start of the plugin and the issuer's %v: %.0f ms.\n\n", l.crowds, latency, latency, millis(alone))
	l.printf("| callers | empty Go programs ms | fresh token ms | ratio | expired token ms | refreshes | from the issuer's answer to the last caller's ms |\n" +
		"|---|---|---|---|---|---|---|\n")
	var last crowd
	for _, n := range l.callers {
		if last, err = l.crowd(h, n); err != nil {
			return err
		}
		l.printf("| %d | %.0f | %.0f | %.2f | %.0f | %d | %.0f |\n", n, millis(last.empty), millis(last.warm),
			ratio(last.warm, last.empty), millis(last.cold.wall), last.most, millis(last.cold.tail))
	}
	l.printf("\n")
	l.promise("wall, callers at once on a fresh token", ratio(last.warm, last.empty), crowdLimit)
	l.promise("wall, callers at once on an expired token, less one refresh", ratio(last.cold.wall-alone, last.empty), crowdLimit)
	l.promise("refreshes by callers at once on an expired token", float64(last.most), 1)
	return l.printWaiters(h, last.n)
}

// alone returns how long one caller on an expired token takes: the issuer's latency, the start of the
// plugin, and all else that a crowd shares.
func (l *lab) alone(h *cost.House) (time.Duration, error) {
	var runs []cold
	for range l.crowds {
		run, err := l.onExpired(h, "bazel", 1)
		if err != nil {
			return 0, err
		}
		runs = append(runs, run)
	}
	return median(runs, func(c cold) time.Duration { return c.wall }), nil
}

func (l *lab) crowd(h *cost.House, n int) (crowd, error) {
	scene, err := h.Scene("bazel", cost.BuiltIn)
	if err != nil {
		return crowd{}, err
	}
	var empties, warms []time.Duration
	var colds []cold
	for range l.crowds {
		empty, err := atOnce(l.empty, n, "")
		if err != nil {
			return crowd{}, err
		}
		warm, err := atOnce(scene.Program, n, "")
		if err != nil {
			return crowd{}, err
		}
		cold, err := l.onExpired(h, "bazel", n)
		if err != nil {
			return crowd{}, err
		}
		empties, warms, colds = append(empties, empty), append(warms, warm), append(colds, cold)
	}
	same := func(d time.Duration) time.Duration { return d }
	c := crowd{n: n, empty: median(empties, same), warm: median(warms, same)}
	c.cold.wall = median(colds, func(c cold) time.Duration { return c.wall })
	c.cold.tail = median(colds, func(c cold) time.Duration { return c.tail })
	for _, run := range colds {
		c.most = max(c.most, run.refreshes)
	}
	return c, nil
}
