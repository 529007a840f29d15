package front

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The gate of the lock must be opened as soon as the other program has the lock, and also if it never will.
func TestLockIsLetGoOnceTheOtherProgramHasIt(t *testing.T) {
	for _, row := range []struct{ name, says, want string }{
		{"it has it", Taken + "message", "message"},
		{"it has nothing to say", Taken, ""},
		{"it refuses before", "refusal", "refusal"},
		{"it dies", "", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			outcome, out, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			taken := make(chan bool, 1)
			go func() {
				if row.says != "" {
					_, _ = out.WriteString(row.says[:1])
					<-taken
					_, _ = out.WriteString(row.says[1:])
				}
				out.Close()
			}()
			text, err := await(t.Context(), outcome, func() { taken <- true })
			if text != row.want || err != nil {
				t.Errorf("got %q, %v, want %q", text, err, row.want)
			}
		})
	}
}

func TestOutcomeIsAwaitedNoLongerThanTheContext(t *testing.T) {
	outcome, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := out.WriteString(Taken); err != nil {
		t.Fatal(err)
	}
	if _, err := await(ctx, outcome, cancel); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestProgramsAreFoundBesideThisOneAlone(t *testing.T) {
	path, err := sibling("sesame")
	if want := filepath.Join(filepath.Dir(self()), "sesame.exe"); path != want || err != nil {
		t.Errorf("got %q, %v, want %q", path, err, want)
	}
	err = notStarted(path, &os.PathError{Op: "start", Path: path, Err: errNotFound})
	if !strings.Contains(err.Error(), "install it beside "+self()) || strings.Count(err.Error(), path) != 1 {
		t.Errorf("got %q", err)
	}
}

// A start that is told too early would let a forced refresh be answered with a token that is
// older than the asking.
func TestStartOfThisProcessIsBeforeNow(t *testing.T) {
	now := time.Now()
	if start := startOf(now); start.After(now) || now.Sub(start) > time.Hour {
		t.Errorf("started at %v, now is %v", start, now)
	}
}

func TestOutputOfAnotherProgramIsBounded(t *testing.T) {
	var b bounded
	chunk := make([]byte, maxOutput/2)
	for i, want := range []bool{true, true, false} {
		if _, err := b.Write(chunk); (err == nil) != want {
			t.Errorf("write %d: %v", i, err)
		}
	}
}
