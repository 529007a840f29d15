//go:build linux

package bench

import (
	"strings"
	"testing"
)

// A benchmark that nobody runs between two releases is found broken at the second.
func TestQuickRunPrintsEverySection(t *testing.T) {
	var out strings.Builder
	size := sizes{rounds: 3, crowds: 1, callers: []int{5}, many: 50, tokens: 50, growth: []int{10, 50}, huge: 1 << 30}
	if _, err := run(size, &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"| empty Go program | ", "| bazel, hit | ", "| docker, hit | ", "| bazel, static | ",
		"Requests that the issuer saw meanwhile: 0.", "| 5 | ", "callers that all wait for one refresh", "| 50 routes | ", "| 50 stored tokens | ",
		"Not run, since this machine does not allow it:", "| refreshes by callers at once on an expired token | 1.00 | 1.00 | kept |",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}

func TestPromiseIsBrokenAboveItsLimit(t *testing.T) {
	var out strings.Builder
	l := &lab{out: &out}
	l.promise("kept to the edge", 1.25, 1.25)
	l.promise("too dear", 1.26, 1.25)
	if broken := l.printPromises(); broken != 1 || !strings.Contains(out.String(), "| too dear | 1.26 | 1.25 | **broken** |") {
		t.Errorf("%d broken:\n%s", broken, out.String())
	}
}
