//go:build unix

package host

import (
	"context"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// The host's stdin is a pipe on which secrets came, its environment and its descriptors are
// nobody's business, and a plugin must not keep a directory busy or be hit by a signal for
// the terminal's group.
func TestPluginSeesNothingOfItsHost(t *testing.T) {
	t.Setenv("HOST_SECRET", "host-secret")
	fd, err := syscall.Open(os.DevNull, syscall.O_RDONLY, 0) // inherited, as Go's own are not
	if err != nil {
		t.Fatal(err)
	}
	high, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD, 200) // no number of the plugin's own
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(high)
	defer syscall.Close(fd)
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := writer.WriteString("the job"); err != nil {
		t.Fatal(err)
	}
	writer.Close()
	defer reader.Close()
	defer func(old *os.File) { os.Stdin = old }(os.Stdin)
	os.Stdin = reader

	w := newWorld(t, "/raw")
	w.plugin.Env = append(w.plugin.Env, "ACME_REGION=north")
	p := w.open()
	for _, row := range []struct{ path, username, want string }{
		{path: "/stdin", want: `"" <nil>`},
		{path: "/directory", want: "/<nil>"},
		{path: "/descriptor", username: strconv.Itoa(high), want: "true"},
		{path: "/group", want: "true"},
	} {
		req := request(row.path)
		req.Username = row.username
		if got := w.ask(p, req); got != row.want {
			t.Errorf("%s: %s, want %s", row.path, got, row.want)
		}
	}
	environment := w.ask(p, request("/environment"))
	if strings.Contains(environment, "HOST_SECRET") || !strings.Contains(environment, "ACME_REGION=north") {
		t.Errorf("the environment is\n%s", environment)
	}
}

// A plugin that does not come up is one clear error, whatever the way.
func TestOpenExplainsWhyThePluginIsNotReady(t *testing.T) {
	for _, row := range []struct {
		behaviour string
		processes int
		want      string
	}{
		{"/exit", 1, "it ended before it was ready (exit status 3); its stderr ends with: "},
		{"/exit", 1, "no licence found"},
		{"/print", 1, `it wrote "hello, world" to stdout, where the handshake alone belongs`},
		{"/empty", 1, `it wrote "" to stdout`},
		{"/version9", 1, `it speaks version "9" of the plugin protocol, sesame speaks 1`},
		{"/tcp", 1, "listens on tcp 127.0.0.1:1: want a socket in the directory"},
		{"/elsewhere", 1, "listens on unix /tmp/socket: want a socket in the directory"},
		{"/netrpc", 1, `unsupported plugin protocol "netrpc"`},
		{"/leave", 2, "it ended before it was ready (exit status 0)"},
	} {
		t.Run(row.behaviour[1:], func(t *testing.T) {
			w := newWorld(t, row.behaviour)
			if e := w.openError(t.Context()); !strings.Contains(e.Message, row.want) {
				t.Errorf("error %q: want %q", e.Message, row.want)
			}
			w.nothingLeft(row.processes)
		})
	}
}

// A plugin that hangs must not hold up its host, nor stay.
func TestOpenGivesUpOnAPluginThatHangs(t *testing.T) {
	for _, behaviour := range []string{"/silent", "/mute"} {
		t.Run(behaviour[1:], func(t *testing.T) {
			w := newWorld(t, behaviour)
			w.limits.start = 2 * time.Second
			if e := w.openError(t.Context()); !strings.Contains(e.Message, "it was not ready in time: waited 2s") {
				t.Errorf("error %q", e.Message)
			}
			w.nothingLeft(1)
		})
		t.Run(behaviour[1:]+" cancelled", func(t *testing.T) {
			w := newWorld(t, behaviour)
			ctx, cancel := context.WithCancel(t.Context())
			go func() {
				_, _ = w.waitForOne()
				cancel()
			}()
			if e := w.openError(ctx); !strings.Contains(e.Message, "context canceled") {
				t.Errorf("error %q", e.Message)
			}
			w.nothingLeft(0)
		})
	}
}

// A pipe that a child holds open, out of reach in a session of its own, must not hang
// the host.
func TestOpenDoesNotWaitForAChildThatEscaped(t *testing.T) {
	w := newWorld(t, "/escape")
	if e := w.openError(t.Context()); !strings.Contains(e.Message, "it ended before it was ready (exit status 0)") {
		t.Errorf("error %q", e.Message)
	}
	w.noSocket()
	_, after, _ := strings.Cut(w.log.String(), "left child ")
	number, _, _ := strings.Cut(after, "\n")
	child, err := strconv.Atoi(number)
	if err != nil {
		t.Fatalf("no child in the log: %s", w.log)
	}
	if err := syscall.Kill(child, syscall.SIGKILL); err != nil {
		t.Error(err)
	}
	w.nothingLeft(2)
}
