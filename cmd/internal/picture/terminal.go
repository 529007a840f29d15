// Package picture runs programs in a real terminal, tmux's, reads what is on its screen, and draws that: for the tests of
// what people see, and for the README.
package picture

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Terminal is one that a script can be run in.
type Terminal struct {
	// Width and Height are in characters.
	Width, Height int
	// Env is the environment of what is run, as "NAME=value", and all of it.
	Env []string
	// Folder is the working directory.
	Folder string
}

// A Session is a script that runs in a terminal.
type Session struct {
	folder string // the socket's, and the script's
	env    []string
}

// settings are tmux's: no line of its own, and no key but those that are typed.
const settings = `set -g status off
set -g history-limit 10000
set -g default-terminal "tmux-256color"
set -s escape-time 0
`

// Start runs a script of the shell. Close must be called.
func (t Terminal) Start(ctx context.Context, script string) (*Session, error) {
	folder, err := os.MkdirTemp("", "sesame-terminal-") // the name of a socket must be short
	if err != nil {
		return nil, err
	}
	s := &Session{folder: folder, env: append([]string{"LC_ALL=C.UTF-8"}, t.Env...)}
	err = errors.Join(
		os.WriteFile(filepath.Join(folder, "settings"), []byte(settings), 0o600),
		os.WriteFile(filepath.Join(folder, "script"), []byte(script), 0o600),
	)
	if err == nil {
		// What is on the screen stays there until the session is closed.
		_, err = s.tmux(ctx, "new-session", "-d", "-x", strconv.Itoa(t.Width), "-y", strconv.Itoa(t.Height), "-c", t.Folder,
			"trap : INT; sh "+filepath.Join(folder, "script")+"; tmux wait-for -S ended; read _")
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Type types keys, each as tmux calls it, "Enter" say, or a text.
func (s *Session) Type(ctx context.Context, keys ...string) error {
	_, err := s.tmux(ctx, append([]string{"send-keys"}, keys...)...)
	return err
}

// lookEvery is how often the screen is looked at.
const lookEvery = 30 * time.Millisecond

// See waits until a text is on the screen.
func (s *Session) See(ctx context.Context, text string) error {
	screen := ""
	err := until(ctx, func() (ok bool, err error) {
		screen, err = s.Screen(ctx)
		return strings.Contains(strings.Join(strings.Fields(Plain(screen)), " "), text), err
	})
	if err != nil {
		return fmt.Errorf("%w: %q is not to be seen on\n%s", err, text, screen)
	}
	return nil
}

// Hidden waits until the terminal does not show what is typed. It wants the stty of Linux.
func (s *Session) Hidden(ctx context.Context) error {
	tty, err := s.tmux(ctx, "display-message", "-p", "#{pane_tty}")
	if err != nil {
		return err
	}
	err = until(ctx, func() (bool, error) {
		settings, err := exec.CommandContext(ctx, "stty", "-a", "-F", strings.TrimSpace(tty)).Output()
		return slices.Contains(strings.Fields(string(settings)), "-echo"), err
	})
	if err != nil {
		return fmt.Errorf("wait until nothing is shown: %w", err)
	}
	return nil
}

// until asks again and again, until the answer is yes.
func until(ctx context.Context, ask func() (bool, error)) error {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		if ok, err := ask(); ok || err != nil {
			return err
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Ended waits until the script has ended.
func (s *Session) Ended(ctx context.Context) error {
	_, err := s.tmux(ctx, "wait-for", "ended")
	return err
}

// Screen returns what is on the screen, with its colours (ECMA-48, section 8.3.117), without the empty lines at its end.
func (s *Session) Screen(ctx context.Context) (string, error) {
	return s.capture(ctx)
}

// Scrolled is Screen with what has scrolled away above it.
func (s *Session) Scrolled(ctx context.Context) (string, error) {
	return s.capture(ctx, "-S", "-")
}

// Unwrapped is Scrolled with the lines whole that the terminal has broken, since they were too long for it.
func (s *Session) Unwrapped(ctx context.Context) (string, error) {
	return s.capture(ctx, "-S", "-", "-J")
}

func (s *Session) capture(ctx context.Context, more ...string) (string, error) {
	text, err := s.tmux(ctx, append([]string{"capture-pane", "-e", "-p"}, more...)...)
	return strings.TrimRight(text, "\n") + "\n", err
}

// Close ends what still runs, and takes everything away.
func (s *Session) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	_, err := s.tmux(ctx, "kill-server")
	return errors.Join(err, os.RemoveAll(s.folder))
}

// tmux runs one of its commands, on a server of our own.
func (s *Session) tmux(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "tmux", append([]string{
		"-u", "-S", filepath.Join(s.folder, "socket"), "-f", filepath.Join(s.folder, "settings"),
	}, args...)...)
	cmd.Env = s.env
	out, err := cmd.Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		err = fmt.Errorf("tmux %s: %w: %s", args[0], err, exit.Stderr)
	}
	return string(out), err
}
