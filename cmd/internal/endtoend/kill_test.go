package endtoend_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/docker/docker-credential-helpers/client"
)

// A machine that loses its power, or a job that is cancelled, ends a store anywhere. What is there afterwards
// is what was there before, or what was to be stored, and the next store works.
func TestAKilledStoreLeavesTheOldPasswordOrTheNew(t *testing.T) {
	t.Parallel()
	const host, stores = "registry.test", 150
	s := newSandbox(t)
	keepEverything(s)
	if err := store(s, host, "robot", "secret0"); err != nil {
		t.Fatal(err)
	}
	whole, killed, kept := timeOfStore(s), 0, "secret0"
	for i := 1; i <= stores; i++ {
		next := fmt.Sprintf("secret%d", i)
		if killStore(s, host, next, time.Duration(rand.Int64N(int64(whole)))) {
			killed++
		}
		got, err := client.Get(dockers(s), host)
		if err != nil || got.Username != "robot" || got.Secret != kept && got.Secret != next {
			t.Fatalf("after store %d: %+v, %v; want %s or %s", i, got, err, kept, next)
		}
		kept = got.Secret
	}
	t.Logf("%d of %d stores were killed", killed, stores)
	if killed == 0 {
		t.Error("no store was killed, so this test proves nothing")
	}
	if err := store(s, host, "robot", "last"); err != nil {
		t.Error(err)
	}
	if got, err := client.Get(dockers(s), host); err != nil || got.Secret != "last" {
		t.Errorf("%+v, %v", got, err)
	}
}

// timeOfStore returns about how long a store takes on this machine at this time.
func timeOfStore(s *sandbox) time.Duration {
	s.t.Helper()
	start := time.Now()
	for i := range 5 {
		if err := store(s, "other.test", "robot", fmt.Sprint("secret", i)); err != nil {
			s.t.Fatal(err)
		}
	}
	return time.Since(start) / 5
}

// killStore stores a password and kills the process after a while; it reports whether it was still running.
func killStore(s *sandbox, host, secret string, after time.Duration) bool {
	s.t.Helper()
	request, err := json.Marshal(map[string]string{"ServerURL": host, "Username": "robot", "Secret": secret})
	if err != nil {
		s.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(s.t.Context(), after)
	defer cancel()
	command := s.command(ctx, "docker-credential-sesame", "store")
	command.Dir, command.Stdin = s.home, strings.NewReader(string(request))
	err = command.Run()
	if _, ended := errors.AsType[*exec.ExitError](err); err != nil && !ended && ctx.Err() == nil {
		s.t.Fatal(err)
	}
	return err != nil
}
