//go:build linux

package snippets

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// patience is how long a block may take. No test expects to wait for it: it turns a block that hangs into a message.
const patience = 2 * time.Minute

// A shell is the one that the reader of a page types everything in, so that a variable or a folder of one block is still
// that of the next. It has no terminal, and ends at the first command that fails.
type shell struct {
	dir     string // for what is not the reader's
	process *exec.Cmd
	typed   io.WriteCloser
	screen  *bufio.Reader // all that is printed, as it comes
}

func newShell(t *testing.T, dir, begin string, environ []string) *shell {
	t.Helper()
	process := exec.Command("bash", "-eu", "-o", "pipefail")
	process.Dir, process.Env = begin, environ
	process.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	typed, err := process.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	screen, printed, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	process.Stdout, process.Stderr = printed, printed
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	printed.Close()
	s := &shell{dir: dir, process: process, typed: typed, screen: bufio.NewReader(screen)}
	t.Cleanup(func() {
		s.end()
		typed.Close()
		_ = process.Wait()
		screen.Close()
	})
	return s
}

// end ends the shell and what it has left in the background.
func (s *shell) end() { _ = syscall.Kill(-s.process.Process.Pid, syscall.SIGKILL) }

// types does what a text says, and returns what it prints. watch is given each line as it comes; nil for nobody. The error says
// that a command has failed: then this was the last text.
func (s *shell) types(text string, watch func(line string)) (printed string, err error) {
	const mark = "=== the block has ended"
	file := filepath.Join(s.dir, "block.sh")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return "", err
	}
	hangs := time.AfterFunc(patience, s.end)
	defer hangs.Stop()
	if _, err := fmt.Fprintf(s.typed, ". '%s' </dev/null\nprintf '\\n%s\\n'\n", file, mark); err != nil {
		return "", fmt.Errorf("the shell: %w", err)
	}
	var all strings.Builder
	for {
		line, err := s.screen.ReadString('\n')
		if line == mark+"\n" {
			return strings.TrimSuffix(all.String(), "\n"), nil
		}
		all.WriteString(line)
		if err != nil {
			return all.String(), errors.New("a command failed")
		}
		if watch != nil {
			watch(strings.TrimSuffix(line, "\n"))
		}
	}
}
