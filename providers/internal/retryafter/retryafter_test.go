package retryafter

import (
	"testing"
	"time"
)

// A wait that is misread has every build ask an overloaded server again, or none for a day.
func TestParseReadsSecondsAndDates(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	tests := []struct {
		text string
		want time.Duration
	}{
		{"", 0}, {"0", 0}, {"1", time.Second}, {"3600", time.Hour},
		{"-1", 0}, {"+1", 0}, {"1.5", 0}, {"1s", 0}, {" 1", 0}, {"soon", 0},
		{"99999999999", 24 * time.Hour}, {"99999999999999999999999", 0},
		{"Sun, 01 Mar 2026 12:01:00 GMT", time.Minute},
		{"Sun, 01 Mar 2026 11:59:00 GMT", 0},
		{"Sun, 01 Mar 2099 12:00:00 GMT", 24 * time.Hour},
		{"Sunday, 01-Mar-26 12:01:00 GMT", time.Minute},
	}
	for _, test := range tests {
		if got := Parse(test.text, now); got != test.want {
			t.Errorf("Parse(%q) = %v, want %v", test.text, got, test.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	f.Add("120")
	f.Add("Sun, 01 Mar 2026 12:01:00 GMT")
	f.Fuzz(func(t *testing.T, text string) {
		if got := Parse(text, now); got < 0 || got > 24*time.Hour {
			t.Errorf("Parse(%q) = %v", text, got)
		}
	})
}
