//go:build unix

package exec

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/sesame-auth/sesame/providers"
)

// timeout replaces the one that request gives.
func timeout(req providers.Request, d string) providers.Request {
	for i, option := range req.Options {
		if option.Name == "timeout" {
			req.Options[i].Values = []string{d}
		}
	}
	return req
}

// A command that hangs must not hold up a build, nor stay when it is given up.
func TestCommandIsKilledWithItsGroup(t *testing.T) {
	for _, row := range []struct {
		behaviour string
		processes int
	}{
		{"hang", 1},
		{"stubborn", 1},
		{"stay", 2}, // with a child that holds its stdout
	} {
		t.Run(row.behaviour+" until its time is up", func(t *testing.T) {
			alive := newAlive(t)
			req := request(t, "token", self(t, row.behaviour, alive.path))
			_, err := Provider{}.Token(t.Context(), timeout(req, "500ms"))
			wantError(t, err, providers.ErrUnavailable, ": no answer in 500ms")
			alive.wantGone(t)
		})
		t.Run(row.behaviour+" until it is cancelled", func(t *testing.T) {
			alive := newAlive(t)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			go func() {
				if err := alive.await(row.processes); err != nil {
					t.Error(err)
				}
				cancel()
			}()
			_, err := Provider{}.Token(ctx, request(t, "token", self(t, row.behaviour, alive.path)))
			wantError(t, err, providers.ErrUnavailable, ": context canceled")
			alive.wantGone(t)
		})
	}
}

// What a request no longer waits for must not be started.
func TestNothingIsStartedForARequestThatHasEnded(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	// The error for one that was started is another: it cannot be executed.
	program := put(t, filepath.Join(ownedDir(t), "program"), 0o755, 0o755)
	if err := os.WriteFile(program, []byte("#!/none/interpreter\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	_, err := Provider{}.Token(ctx, request(t, "token", []string{program}))
	wantError(t, err, providers.ErrUnavailable, ": context canceled")
}

// A child that a command leaves behind holds its stdout for ever. One in its group is
// killed; one that went into a session of its own is left alone, and not waited for.
func TestChildThatIsLeftBehindIsNotWaitedFor(t *testing.T) {
	t.Run("in the group", func(t *testing.T) {
		alive := newAlive(t)
		token, err := Provider{}.Token(t.Context(), request(t, "token", self(t, "leave", alive.path, "stay")))
		if err != nil || token.Value.Reveal() != "t1" {
			t.Errorf("token %v, error %v", token, err)
		}
		if n := alive.wantGone(t); n != 2 {
			t.Errorf("%d processes were started, want 2", n)
		}
	})
	t.Run("in a session of its own", func(t *testing.T) {
		alive := newAlive(t)
		req := request(t, "token", self(t, "leave", alive.path, "escape"))
		s, err := readOptions(req.Options)
		if err != nil {
			t.Fatal(err)
		}
		r, err := s.run(t.Context(), s.Command[0], newAsk(req, s))
		if err != nil || r.stdout != "t1" || r.failure != "" {
			t.Errorf("reply %+v, error %v", r, err)
		}
		child, err := strconv.Atoi(strings.TrimPrefix(lastLine(r.stderr), "left child "))
		if err != nil {
			t.Fatal(err)
		}
		if err := syscall.Kill(child, syscall.SIGKILL); err != nil {
			t.Errorf("the child is gone: %v", err)
		}
		alive.wantGone(t)
	})
}

// A command that prints without end must not fill the memory of the machine.
func TestOutputIsBounded(t *testing.T) {
	for _, row := range []struct {
		name string
		size int
		want string
	}{
		{"without end", 0, "it printed more than 1 MiB"},
		{"one byte too much", maxStdout + 1, "it printed more than 1 MiB"},
		{"as much as there may be", maxStdout, "its token is longer than 64 KiB"},
		{"more than a token may have", maxValue + 1, "its token is longer than 64 KiB"},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := Provider{}.Token(t.Context(), request(t, "token", self(t, "flood", strconv.Itoa(row.size))))
			wantError(t, err, providers.ErrUnavailable, row.want)
		})
	}
	t.Run("a token of 64 KiB", func(t *testing.T) {
		token, err := Provider{}.Token(t.Context(), request(t, "token", self(t, "flood", strconv.Itoa(maxValue))))
		if err != nil || len(token.Value.Reveal()) != maxValue {
			t.Errorf("error %v", err)
		}
	})
}

// A full pipe stops whoever writes to it: a command that complains at length would hang.
func TestStderrIsReadHoweverMuchItIs(t *testing.T) {
	token, err := Provider{}.Token(t.Context(), request(t, "token", self(t, "noise")))
	if err != nil || token.Value.Reveal() != "t1" {
		t.Errorf("token %v, error %v", token, err)
	}
}

// A command whose stdin is a terminal, or another program's, waits for ever, or eats what is
// not its own.
func TestStdinIsTheRequestAndEnds(t *testing.T) {
	r, err := run(t.Context(), command(self(t, "stdin")), "a request\n")
	if want := `"a request\n"/<nil>`; err != nil || r.stdout != want {
		t.Errorf("got %s, error %v, want %s", r.stdout, err, want)
	}
	r, err = run(t.Context(), command(self(t, "stdin")), "")
	if want := `""/<nil>`; err != nil || r.stdout != want {
		t.Errorf("got %s, error %v, want %s", r.stdout, err, want)
	}
	long := strings.Repeat("x", 1<<20)
	if r, err = run(t.Context(), command(self(t, "print", "t1")), long); err != nil || r.stdout != "t1" {
		t.Errorf("one that does not read: got %s, error %v", r.stdout, err)
	}
}

// How a command ended is the only thing that it may not have said itself.
func TestErrorSaysHowTheCommandEnded(t *testing.T) {
	for _, row := range []struct {
		name    string
		command []string
		want    string
	}{
		{"exit code", self(t, "fail", "3", "", ""), ": exit status 3"},
		{"with a word", self(t, "fail", "1", "", "first\nno network\n"), ": exit status 1; its stderr ends with: no network"},
		{"signal", self(t, "signal"), ": signal: terminated"},
		{"a token that it took back", self(t, "fail", "1", "hunter2-hunter2", ""), ": exit status 1"},
	} {
		for _, format := range []string{"token", "json", "docker", "bazel"} {
			_, err := Provider{}.Token(t.Context(), request(t, format, row.command))
			e := wantError(t, err, providers.ErrUnavailable)
			if want := "command " + row.command[0] + row.want; e.Message != want {
				t.Errorf("%s, %s: %q, want %q", row.name, format, e.Message, want)
			}
		}
	}
}
