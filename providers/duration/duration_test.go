package duration

import (
	"strings"
	"testing"
	"time"
)

var examples = []string{
	"0", "0s", "90s", "30m", "1h", "1h30m", "1.5h", ".5s", "1.s", "100ms", "7us", "7µs", "7μs", "3ns",
	"", "1", "s", ".", ".s", "1x", "1h ", " 1h", "1hh", "1 h", "-1s", "+1s", "1e3s", "0x1s", "1..5s",
	"9223372036854775807ns", "9223372036854775808ns", "2562047h", "2562048h", "99999999999999999999s",
	"0.3333333333333333333333h", "9007199254.740993s", "1h1h", "1.5", "5m5", "1d",
}

func same(t *testing.T, text string) {
	t.Helper()
	got, ok := Parse(text)
	want, err := time.ParseDuration(text)
	if strings.HasPrefix(text, "-") || strings.HasPrefix(text, "+") {
		if ok {
			t.Errorf("%q: got %v, want none", text, got)
		}
		return
	}
	if ok != (err == nil) || got != want {
		t.Errorf("%q: got %v, %v; time.ParseDuration has %v, %v", text, got, ok, want, err)
	}
}

// A tolerance that two programs of one release read differently would be two policies.
func TestParseAgreesWithPackageTime(t *testing.T) {
	for _, text := range examples {
		same(t, text)
	}
}

func FuzzParseAgreesWithPackageTime(f *testing.F) {
	for _, text := range examples {
		f.Add(text)
	}
	f.Fuzz(same)
}
