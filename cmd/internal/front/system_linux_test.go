package front

import (
	"os"
	"testing"
	"time"
)

// A start that is told too early would let a forced refresh be answered with a token that is
// older than the asking.
func TestStartOfThisProcessIsNotBeforeItWasStarted(t *testing.T) {
	info, err := os.Stat("/proc/self")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	if start := startOf(now); start.After(now) || start.Before(info.ModTime().Add(-time.Second)) {
		t.Errorf("started at %v, but /proc/self is of %v and now is %v", start, info.ModTime(), now)
	}
}
