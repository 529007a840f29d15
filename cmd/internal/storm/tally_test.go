//go:build linux

package storm

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// A tally counts what came of the kills.
type tally struct {
	kills, late    int // late ones found their victim gone
	corrupt, lost  int // files that cannot be read; refresh tokens that nobody has any more
	files, sockets int // the most that were ever left behind
	span           time.Duration
}

// moment returns how long the next victim is to live.
func (c *tally) moment() time.Duration { return rand.N(max(c.span, time.Millisecond)) }

// struck counts a victim, and brings the span nearer to the time that a victim lives, on whatever
// machine this is: what is killed must be killed in all of its life.
func (c *tally) struck(killed bool) {
	if killed {
		c.kills++
		c.span += c.span / 8
	} else {
		c.late++
		c.span -= c.span / 8
	}
}

func (c tally) log(t *testing.T, victim string) {
	t.Helper()
	t.Logf("%-34s %5d killed, %4d too late: %d corrupt, %d lost, at most %d temporary files and %d socket folders left",
		victim, c.kills, c.late, c.corrupt, c.lost, c.files, c.sockets)
}

// judge looks at what a round left: the old record or the new one.
func (c *tally) judge(t *testing.T, h *house) {
	t.Helper()
	h.wantQuiet(t)
	record, err := h.record(t)
	if err != nil || record == nil || record.Token == nil {
		c.corrupt++
		t.Errorf("after kill %d: record %v: %v", c.kills, record, err)
	}
	files, sockets := 0, 0
	for _, left := range h.leftovers(t) {
		switch {
		case strings.HasPrefix(left, "tmp/"):
			sockets++
		case strings.HasSuffix(left, ".new"):
			files++
		default:
			t.Errorf("after kill %d: %s is left behind", c.kills, left)
		}
	}
	c.files, c.sockets = max(c.files, files), max(c.sockets, sockets)
}
