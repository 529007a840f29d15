package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/sesame-auth/sesame/cmd/internal/picture"
	"github.com/sesame-auth/sesame/cmd/internal/programs"
)

// slowSource makes a home whose route waits for somebody to write the token into a pipe.
func slowSource(t *testing.T) (home, pipe string, env []string) {
	t.Helper()
	home = t.TempDir()
	pipe = filepath.Join(home, "pipe")
	if err := unix.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(home, ".config/sesame")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	text := "[[route]]\nmatch = \"slow.example.com\"\nprovider = \"exec\"\noptions = { command = [\"cat\", \"" + pipe + "\"] }\n"
	if err := os.WriteFile(filepath.Join(folder, "config.toml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return home, pipe, []string{"HOME=" + home, "PATH=" + bin + ":/usr/bin:/bin"}
}

// A command that stands still looks broken, and is ended by who waits for it.
func TestPersonWhoWaitsForATokenIsToldSo(t *testing.T) {
	programs.Need(t, "tmux", "tmux")
	home, pipe, env := slowSource(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	s, err := picture.Terminal{Width: 80, Height: 10, Env: env, Folder: home}.Start(ctx, "sesame token slow.example.com; echo it ends with $?")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.See(ctx, "waiting for the token for https://slow.example.com: "); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(pipe, []byte("the-token\n"), 0); err != nil {
		t.Fatal(err)
	}
	if err := s.Ended(ctx); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Scrolled(ctx); err != nil || got != "the-token\nit ends with 0\n" {
		t.Errorf("%v; on the screen is %q: the line was not taken away", err, got)
	}
}

// A tool that reads stderr takes what is there for an error.
func TestPipeIsToldNothingOfAWait(t *testing.T) {
	home, pipe, env := slowSource(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	begun := make(chan error, 1)
	go func() {
		end, err := os.OpenFile(pipe, os.O_WRONLY, 0) // returns when the command reads
		if err == nil {
			time.Sleep(1200 * time.Millisecond) // longer than a person is left alone: to be slower is no harm
			_, err = end.WriteString("the-token\n")
			end.Close()
		}
		begun <- err
	}()
	cmd := exec.CommandContext(ctx, filepath.Join(bin, "sesame"), "token", "slow.example.com")
	cmd.Env, cmd.Dir = env, home
	var out, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &stderr
	if err := cmd.Run(); err != nil || out.String() != "the-token\n" || stderr.String() != "" {
		t.Errorf("%v; stdout %q, stderr %q", err, out.String(), stderr.String())
	}
	if err := <-begun; err != nil {
		t.Error(err)
	}
}
