//go:build unix

package front

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// The time of a tool that writes its request slowly is not the issuer's.
func TestDeadlineBeginsWhenTheRequestIsWhole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &lazyDeadline{Context: context.Background(), length: 8 * time.Second}
		defer d.stop()
		time.Sleep(5 * time.Second)
		d.begin()
		if at, ok := d.Deadline(); !ok || !at.Equal(time.Now().Add(8*time.Second)) {
			t.Errorf("it ends at %v, now is %v", at, time.Now())
		}
		time.Sleep(8*time.Second - 1)
		if err := d.Err(); err != nil {
			t.Errorf("a nanosecond before its end: %v", err)
		}
		<-d.Done()
		if err := d.Err(); err != context.DeadlineExceeded {
			t.Errorf("at its end: %v", err)
		}
	})
}

func TestDeadlineOfAnOperationWithoutARequestBeginsAtTheFirstLook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &lazyDeadline{Context: context.Background(), length: time.Second}
		defer d.stop()
		ctx, cancel := context.WithTimeout(d, time.Hour)
		defer cancel()
		<-ctx.Done()
		if err := d.Err(); err != context.DeadlineExceeded {
			t.Errorf("got %v", err)
		}
	})
}

func TestToleranceOfTheRequestIsReadStrictly(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"0": 0, "90s": 90 * time.Second, "30m": 30 * time.Minute, "24h": 24 * time.Hour,
	} {
		tokens := &tokens{settings: Settings{Tolerance: text}}
		if err := tokens.readTolerance(); err != nil || *tokens.dispatcher.Finder.Tolerance != want {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, text := range []string{"5", "-1s", "24h1ns", "soon", "1d", " 5m"} {
		tokens := &tokens{settings: Settings{Tolerance: text}}
		if err := tokens.readTolerance(); err == nil || !strings.Contains(err.Error(), "--refresh-tolerance") {
			t.Errorf("%q: got %v, want the flag named", text, err)
		}
	}
}

func TestOneOperationAtTheMost(t *testing.T) {
	for _, row := range []struct {
		args []string
		want string
		ok   bool
	}{
		{nil, "", true}, {[]string{"x"}, "", true}, {[]string{"x", "get"}, "get", true}, {[]string{"x", "get", "y"}, "", false},
	} {
		if got, ok := operationOf(row.args); got != row.want || ok != row.ok {
			t.Errorf("%q: got %q, %v", row.args, got, ok)
		}
	}
}
