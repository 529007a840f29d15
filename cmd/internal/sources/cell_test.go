//go:build unix

package sources_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	// host is what every source has a token for, and nobody ever speaks to.
	host = "registry.test"
	// patience is how long a program may run. No test expects to wait for it.
	patience = 2 * time.Minute
)

// A cell is one tool at one source: a home directory and an environment that nothing else is in.
type cell struct {
	t    *testing.T
	home string
	env  map[string]string
}

func newCell(t *testing.T) *cell {
	t.Helper()
	home, err := os.MkdirTemp("", "cell-") // short: a plugin's socket is in it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(home) })
	return &cell{t: t, home: home, env: map[string]string{"HOME": home, "TMPDIR": home, "PATH": "/usr/bin:/bin"}}
}

// write writes a file in the home directory, owner-only, and returns its path.
func (c *cell) write(name, content string) string {
	c.t.Helper()
	path := filepath.Join(c.home, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		c.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		c.t.Fatal(err)
	}
	return path
}

// read returns a file of the home directory; "" if there is none.
func (c *cell) read(name string) string {
	c.t.Helper()
	text, err := os.ReadFile(filepath.Join(c.home, name))
	if err != nil && !os.IsNotExist(err) {
		c.t.Fatal(err)
	}
	return string(text)
}

// route configures one route, for the host: what stands in its table beside the match.
func (c *cell) route(lines ...string) { c.routeFor("https://"+host, lines...) }

func (c *cell) routeFor(match string, lines ...string) {
	c.t.Helper()
	c.write(".config/sesame/config.toml", fmt.Sprintf("[[route]]\nmatch = %q\n%s\n", match, strings.Join(lines, "\n")))
}

// A result is what a program left behind.
type result struct {
	stdout, stderr string
	code           int
}

// run runs one of the programs with input on stdin.
func (c *cell) run(input, program string, args ...string) result {
	c.t.Helper()
	command, cancel := c.command(program, args...)
	defer cancel()
	var stdout, stderr bytes.Buffer
	command.Stdin, command.Stdout, command.Stderr = strings.NewReader(input), &stdout, &stderr
	err := command.Run()
	if _, ended := errors.AsType[*exec.ExitError](err); err != nil && !ended {
		c.t.Fatalf("%s: %v", program, err)
	}
	return result{stdout.String(), stderr.String(), command.ProcessState.ExitCode()}
}

// must runs one of the programs that has to succeed.
func (c *cell) must(input, program string, args ...string) {
	c.t.Helper()
	if r := c.run(input, program, args...); r.code != 0 {
		c.t.Fatalf("%s %s: exit %d\n%s%s", program, strings.Join(args, " "), r.code, r.stdout, r.stderr)
	}
}

// login runs "sesame login" as a person does: it calls read with what the program prints while
// it waits, and then wants it to succeed.
func (c *cell) login(read func(printed io.Reader)) {
	c.t.Helper()
	command, cancel := c.command("sesame", "login", "https://"+host)
	defer cancel()
	printed, err := command.StderrPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		c.t.Fatal(err)
	}
	var seen bytes.Buffer
	read(io.TeeReader(printed, &seen))
	_, err = io.Copy(&seen, printed)
	if err := errors.Join(err, command.Wait()); err != nil {
		c.t.Fatalf("sesame login: %v\n%s", err, seen.String())
	}
}

func (c *cell) command(program string, args ...string) (*exec.Cmd, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(c.t.Context(), patience)
	command := exec.CommandContext(ctx, filepath.Join(bin, program), args...)
	for name, value := range c.env {
		command.Env = append(command.Env, name+"="+value)
	}
	slices.Sort(command.Env)
	command.Dir = c.home
	return command, cancel
}
