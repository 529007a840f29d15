//go:build linux

package storm

import (
	"flag"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/cmd/internal/programs"
)

// built is the folder of the programs under test, of rogue, the plugin that misbehaves, and of waiter, the
// least that waits for a lock.
var built string

func TestMain(m *testing.M) {
	// Most of these tests wait for deadlines.
	flag.Parse()
	if err := flag.Set("test.parallel", "8"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	programs.Main(m, &built, "./testdata/rogue", "./testdata/waiter")
}

// A crash, a full disk and a broken issuer are when programs tell most.
func TestNothingLeaksWhereEverythingIsLogged(t *testing.T) {
	t.Parallel()
	programs.RunTraced(t, built)
}

// scale returns small, or full if the variable says so.
func scale(variable string, small, full int) int {
	if os.Getenv(variable) == "full" {
		return full
	}
	return small
}

// fullFaults reports whether the faults that take a minute each are to be tried.
func fullFaults() bool { return os.Getenv("FAULT") == "full" }

// patience bounds every wait. It is no measure of anything: a wait that takes so long never ends.
const patience = 3 * time.Minute
