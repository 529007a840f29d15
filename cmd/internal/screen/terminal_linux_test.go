package screen

import (
	"bytes"
	"os"
	"strconv"
	"testing"

	"golang.org/x/sys/unix"
)

// terminal opens a pseudo-terminal of 100 columns.
func terminal(t *testing.T) *os.File {
	t.Helper()
	ends, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skip("no terminal can be had: " + err.Error())
	}
	t.Cleanup(func() { ends.Close() })
	fd := int(ends.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	tty, err := os.OpenFile("/dev/pts/"+strconv.Itoa(n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tty.Close() })
	if err := unix.IoctlSetWinsize(int(tty.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: 100}); err != nil {
		t.Fatal(err)
	}
	return tty
}

// Escape sequences in a file, or for a person who asked for none, are noise.
func TestColoursAreForTerminalsOnly(t *testing.T) {
	tty, file := terminal(t), &bytes.Buffer{}
	_, pipe, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer pipe.Close()
	for _, row := range []struct {
		name            string
		screen          func(func(string) string) Screen
		variables       map[string]string
		color, terminal bool
		width           int
	}{
		{"a terminal", on(tty), nil, true, true, 100},
		{"NO_COLOR", on(tty), map[string]string{"NO_COLOR": "1"}, false, true, 100},
		{"NO_COLOR that is empty", on(tty), map[string]string{"NO_COLOR": ""}, true, true, 100},
		{"a dumb terminal", on(tty), map[string]string{"TERM": "dumb"}, false, false, 100},
		{"a pipe", on(pipe), nil, false, false, 80},
		{"no file at all", func(getenv func(string) string) Screen { return New(file, getenv) }, nil, false, false, 80},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := row.screen(func(name string) string { return row.variables[name] })
			if s.Color != row.color || s.Terminal != row.terminal || s.Width != row.width {
				t.Errorf("got %+v", s)
			}
		})
	}
}

func on(file *os.File) func(func(string) string) Screen {
	return func(getenv func(string) string) Screen { return New(file, getenv) }
}
