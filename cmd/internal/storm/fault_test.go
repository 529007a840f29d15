//go:build linux

package storm

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// A fault is one thing that goes wrong, and what a caller must get for it.
type fault struct {
	name string
	// harm makes it go wrong for the calls of a house in which a token is stored.
	harm func(t *testing.T, h *house)
	// left is how long the stored token has to live; zero for no stored token.
	left time.Duration
	// token says that the caller gets one all the same.
	token bool
	// says is what the caller's stderr must hold; "" if it must be empty.
	says string
	// leaves is what may be left behind, by the end of its name.
	leaves string
	// heal ends the fault before the next call, which must succeed; nil where there is nothing
	// to be done.
	heal func(t *testing.T, h *house)
}

// A report collects the rows of a table.
type report struct {
	mu   sync.Mutex
	rows []string
}

func (r *report) add(name string, got answer, left []string) {
	what := "token"
	if got.token == "" {
		what = "error"
	}
	for _, line := range sayings(got) {
		what += ": " + strings.TrimSpace(strings.TrimPrefix(line, "sesame: "))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rows = append(r.rows, fmt.Sprintf("%-42s | %6v | left %q | %s",
		name, got.took.Round(100*time.Millisecond), left, what))
}

func (r *report) log(t *testing.T) {
	t.Helper()
	t.Log("\n" + strings.Join(r.rows, "\n"))
}

// try harms a house, calls once, judges, and calls until the next one succeeds.
func (f fault) try(t *testing.T, h *house, r *report) {
	t.Helper()
	if f.left != 0 {
		h.mustCall(t)
		h.wantQuiet(t)
		h.age(t, f.left)
	}
	f.harm(t, h)
	got := h.call(t)
	f.judge(t, got)
	if f.heal != nil {
		f.heal(t, h)
	}
	h.wantQuiet(t)
	left := h.leftovers(t)
	for _, name := range left {
		if f.leaves == "" || !strings.HasSuffix(name, f.leaves) {
			t.Errorf("%s is left behind", name)
		}
	}
	r.add(f.name, got, left)
	h.callUntilGood(t)
}

func (f fault) judge(t *testing.T, got answer) {
	t.Helper()
	if (got.token != "") != f.token {
		t.Errorf("answered %+v, want a token: %t", got, f.token)
	}
	if f.says == "" && got.complaint != "" || !strings.Contains(got.complaint, f.says) {
		t.Errorf("the call said %q, want %q", got.complaint, f.says)
	}
	if f.token && len(sayings(got)) > 1 {
		t.Errorf("the call said %q, want one warning", got.complaint)
	}
}

// sayings returns the lines that a call wrote to stderr.
func sayings(got answer) []string {
	return slices.Collect(strings.Lines(got.complaint))
}

// tryAll tries each fault in a house of its own, all at once, since most of them wait.
func tryAll(t *testing.T, faults []fault, open func(t *testing.T) *house) {
	t.Helper()
	r := new(report)
	t.Run("each", func(t *testing.T) {
		for _, f := range faults {
			t.Run(f.name, func(t *testing.T) {
				t.Parallel()
				f.try(t, open(t), r)
			})
		}
	})
	r.log(t)
}
