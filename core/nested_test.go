package core

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sesame-auth/sesame/providers"
)

// A command that sesame waits for, and that asks sesame, would wait for itself.
func TestNestedCallerIsServedWhatThereIsAndStartsNoRefresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, 5*time.Minute)
		nested := ""
		h.Finder.Getenv = func(name string) string {
			if name == providers.NestedVariable {
				return nested
			}
			return ""
		}
		nested = "1"
		if _, err := h.get(t); err == nil || !strings.Contains(err.Error(), "in its turn") {
			t.Errorf("with nothing stored: got %v", err)
		}
		nested = ""
		h.want(t, "token-a")
		nested = "1"
		time.Sleep(time.Hour - time.Minute) // a refresh is due
		h.want(t, "token-a")
		if got := h.issuer.count(); got != 1 {
			t.Errorf("the issuer was asked %d times, want once", got)
		}
		nested = ""
		h.want(t, "token-b")
	})
}
