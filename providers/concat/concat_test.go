package concat

import (
	"fmt"
	"strings"
	"sync"
	"testing"
)

// forget makes the memory as it is when a process begins.
func forget(t *testing.T) {
	t.Helper()
	used.Store(0)
	t.Cleanup(func() { used.Store(0) })
}

func TestStringsAreWhatTheirPartsSay(t *testing.T) {
	for _, row := range []struct {
		name  string
		parts []string
		want  string
	}{
		{"none", nil, ""},
		{"empty ones", []string{"", ""}, ""},
		{"a path", []string{"/state", "/", "key", ".token"}, "/state/key.token"},
		{"all the room there is", []string{strings.Repeat("x", room)}, strings.Repeat("x", room)},
		{"more than that", []string{strings.Repeat("x", room), "y"}, strings.Repeat("x", room) + "y"},
	} {
		t.Run(row.name, func(t *testing.T) {
			forget(t)
			if got := Strings(row.parts...); got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
			if got := Bytes([]byte(row.want)); got != row.want {
				t.Errorf("of bytes: got %q, want %q", got, row.want)
			}
		})
	}
}

// A string that changes behind its owner's back sends a token to another host.
func TestNoStringSharesAByteWithAnother(t *testing.T) {
	forget(t)
	var mu sync.Mutex
	made := map[string]string{} // what was made, by what was wanted
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for j := range 200 { // far more than there is room for
				want := fmt.Sprintf("%d/%d/%s", i, j, strings.Repeat("x", j%40))
				source := []byte(want)
				got := Bytes(source)
				clear(source)
				mu.Lock()
				made[want] = got
				mu.Unlock()
			}
		})
	}
	all.Wait()
	for want, got := range made {
		if got != want {
			t.Fatalf("%q has become %q", want, got)
		}
	}
	if n := used.Load(); n > room {
		t.Errorf("%d bytes of %d are in use", n, room)
	}
}

// What it is for: a hit makes no object for its strings.
func TestStringsOfAHitNeedNoHeap(t *testing.T) {
	parts := []string{"/home/ann/.local/state/sesame", "/", strings.Repeat("0", 64), ".token"}
	forget(t)
	if n := testing.AllocsPerRun(5, func() { _ = Strings(parts...) }); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}
