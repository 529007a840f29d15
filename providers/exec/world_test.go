//go:build unix

package exec

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	osexec "os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/providers"
)

// self returns this test binary, with the words that make it a command.
func self(t testing.TB, words ...string) []string {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return append([]string{path, "as"}, words...)
}

// request asks a command for a token of https://registry.example.com.
func request(t testing.TB, format string, command []string, options ...providers.Option) providers.Request {
	t.Helper()
	u, err := providers.ParseURL("https://registry.example.com/team/app")
	if err != nil {
		t.Fatal(err)
	}
	all := providers.Options{listOption("command", command...), stringOption("format", format), stringOption("timeout", "50s")}
	return providers.Request{URL: u, Options: append(all, options...)}
}

// command returns the command without what the provider adds.
func command(words []string) *osexec.Cmd {
	return &osexec.Cmd{Path: words[0], Args: words}
}

// An alive is the pipe that commands hold open as long as they live.
type alive struct {
	path string
	file *os.File
}

func newAlive(t *testing.T) alive {
	t.Helper()
	path := filepath.Join(t.TempDir(), "alive")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	return alive{path, file}
}

// await waits until n processes are there.
func (a alive) await(n int) error {
	for buffer := make([]byte, n); n > 0; {
		got, err := a.file.Read(buffer[:n])
		if err != nil && err != io.EOF { // EOF: nobody is there yet
			return err
		}
		n -= got
	}
	return nil
}

// wantGone waits for the end of every process, and counts those that nobody awaited.
func (a alive) wantGone(t *testing.T) (n int) {
	t.Helper()
	if err := a.file.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	marks, err := io.ReadAll(a.file)
	if err != nil {
		t.Errorf("a process is left: %v", err)
	}
	return len(marks)
}

// wantError checks the kind, and that the text mentions all of the words.
func wantError(t *testing.T, err, kind error, mention ...string) *providers.Error {
	t.Helper()
	e, ok := errors.AsType[*providers.Error](err)
	if !ok || !errors.Is(err, kind) {
		t.Fatalf("error %v, want one of the kind %q", err, kind)
	}
	for _, want := range mention {
		if !strings.Contains(e.Message, want) {
			t.Errorf("error %q does not mention %q", e.Message, want)
		}
	}
	return e
}

// readRecording reads what a helper was asked.
func readRecording(t *testing.T, file string) (r recording) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	return r
}
