//go:build linux

package oidc

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// loginAtTerminal runs "sesame login" where a person sits, at a terminal, so that the page opens by itself. The
// desktop's program that opens pages notes what it was asked to open, and that is what the browser visits.
func (h *house) loginAtTerminal(browser *chromium) {
	h.t.Helper()
	opener := h.write("bin/xdg-open", "#!/bin/sh\nprintf '%s\\n' \"$@\" >\"$HOME/opened\"\n")
	if err := os.Chmod(opener, 0o700); err != nil {
		h.t.Fatal(err)
	}
	terminal, screen := h.terminal()
	defer terminal.Close()
	command := h.command("sesame", "login", "https://"+host)
	command.Stdin, command.Stdout, command.Stderr = screen, screen, screen
	err := command.Start()
	screen.Close()
	if err != nil {
		h.t.Fatal(err)
	}
	var visited string
	seen := h.follow(terminal, "your browser opens ", func(ctx context.Context, page string) {
		visited = page
		browser.visit(ctx, page)
	})
	if err := command.Wait(); err != nil {
		h.t.Fatalf("sesame login: %v\n%s", err, seen)
	}
	opened, err := os.ReadFile(filepath.Join(h.home, "opened"))
	if err != nil || strings.TrimSpace(string(opened)) != visited {
		h.t.Errorf("the desktop was asked to open %q, %v; the person is told %q", opened, err, visited)
	}
}

// terminal returns both ends of a new terminal (pty(7)): what the person sees, and what the program has.
func (h *house) terminal() (master, slave *os.File) {
	h.t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		h.t.Fatal(err)
	}
	number, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err != nil {
		h.t.Fatal(err)
	}
	slave, err = os.OpenFile("/dev/pts/"+strconv.Itoa(number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		h.t.Fatal(err)
	}
	return master, slave
}
