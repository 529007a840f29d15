//go:build unix

package main

import (
	"strconv"
	"strings"
	"testing"
	"time"
)

// Who kills the wrong process has lost a refresh token.
func TestHolderOfALockIsTheOneThatHasIt(t *testing.T) {
	const locks = `1: POSIX  ADVISORY  WRITE 11 08:01:4711 0 EOF
2: FLOCK  ADVISORY  WRITE 12 08:01:14711 0 EOF
3: FLOCK  ADVISORY  WRITE 13 08:01:4711 0 EOF
3: -> FLOCK  ADVISORY  WRITE 14 08:01:4711 0 EOF
4: FLOCK
`
	if got := holderOf(locks, 4711); got != 13 {
		t.Errorf("got %d", got)
	}
	if got := holderOf(locks, 711); got != 0 {
		t.Errorf("of no lock: got %d", got)
	}
	f := heldTooLong("/s/k.lock", 13, "sesame", 5*time.Minute)
	if f.Status != statusFault || f.Repair != "kill 13" || !strings.Contains(f.What, "process 13 (sesame), which was started 5m ago") {
		t.Errorf("got %+v", f)
	}
}

func TestAgeOfAProcessIsTheKernels(t *testing.T) {
	before := strings.Repeat("0 ", 19)
	for stat, want := range map[string]time.Duration{
		"7 (a b) c) " + before + "1000 0":           90 * time.Second,
		"7 (x) " + before + strconv.Itoa(9990) + "": 100 * time.Millisecond,
	} {
		if got, ok := ageIn(stat, "100.00 7.00\n"); !ok || got != want {
			t.Errorf("%q: got %v, %v, want %v", stat, got, ok, want)
		}
	}
	for _, stat := range []string{"", "7 (x", "7 (x) 1 2 3", "7 (x) " + before + "soon"} {
		if _, ok := ageIn(stat, "100.00 7.00\n"); ok {
			t.Errorf("%q was read", stat)
		}
	}
}
