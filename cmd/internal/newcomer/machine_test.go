//go:build linux

package newcomer

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/cmd/internal/programs"
	"github.com/sesame-auth/sesame/cmd/internal/release"
)

// patience is how long a command may take. No test expects to wait for it.
const patience = 2 * time.Minute

// nobody is the account that types where the tests are root's, whom no file mode keeps out.
const nobody = 65534

// installed is the folder that the package is unpacked in.
var installed string

func TestMain(m *testing.M) { os.Exit(install(m)) }

// install builds the package of this tree, unpacks it, and runs the tests.
func install(m *testing.M) int {
	dir, err := os.MkdirTemp("", "sesame-newcomer-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	if installed, err = unpack(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// unpack returns "" where there is no dpkg-deb: each test says so.
func unpack(dir string) (root string, err error) {
	if _, err := exec.LookPath("dpkg-deb"); err != nil {
		return "", nil
	}
	path, err := release.Package(dir, runtime.GOARCH)
	if err != nil {
		return "", err
	}
	root = filepath.Join(dir, "root")
	if out, err := exec.Command("dpkg-deb", "-x", path, root).CombinedOutput(); err != nil {
		return "", fmt.Errorf("dpkg-deb -x: %w: %s", err, out)
	}
	return root, os.Chmod(dir, 0o755) // nobody is let in
}

// A machine is one on which nothing is set up: a person with an empty home folder, and a terminal.
type machine struct {
	t    *testing.T
	home string
	env  []string
}

func newMachine(t *testing.T, authority string) *machine {
	t.Helper()
	programs.Need(t, "dpkg-deb", "dpkg")
	programs.Need(t, "git", "git")
	m := &machine{t: t, home: folder(t)}
	m.env = []string{
		"HOME=" + m.home, "PATH=" + filepath.Join(installed, "usr/bin") + ":/usr/local/bin:/usr/bin:/bin", "LC_ALL=C.UTF-8",
		"GIT_CONFIG_NOSYSTEM=1", "GIT_SSL_CAINFO=" + authority, "GIT_TERMINAL_PROMPT=0",
	}
	m.own(m.home)
	return m
}

// folder returns a new folder that everybody may enter.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "sesame-newcomer-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// own gives a file to the person.
func (m *machine) own(path string) {
	m.t.Helper()
	if os.Geteuid() != 0 {
		return
	}
	if err := os.Lchown(path, nobody, nobody); err != nil {
		m.t.Fatal(err)
	}
}

// A screen is what a command left on it.
type screen struct {
	text string
	code int
}

// command returns a line as the person types it, not yet sent off, with input for what reads it.
func (m *machine) command(ctx context.Context, line, input string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", line)
	cmd.Dir, cmd.Env, cmd.Stdin = m.home, m.env, strings.NewReader(input)
	cmd.WaitDelay = time.Second
	if os.Geteuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	return cmd
}

// try types a line, and returns what is then on the screen.
func (m *machine) try(line, input string) screen {
	m.t.Helper()
	ctx, cancel := context.WithTimeout(m.t.Context(), patience)
	defer cancel()
	cmd := m.command(ctx, line, input)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	if ctx.Err() != nil || cmd.ProcessState == nil {
		m.t.Fatalf("$ %s\n%s%v", line, &out, err)
	}
	s := screen{out.String(), cmd.ProcessState.ExitCode()}
	m.t.Logf("$ %s\n%s", line, s.text)
	return s
}

// types is try for what must work.
func (m *machine) types(line, input string) screen {
	m.t.Helper()
	s := m.try(line, input)
	if s.code != 0 {
		m.t.Fatalf("$ %s\n%s(exit code %d)", line, s.text, s.code)
	}
	return s
}

// clone clones a repository to a new folder.
func (m *machine) clone(url string) screen {
	m.t.Helper()
	return m.try("rm -rf clone; git clone -q "+url+" clone", "")
}

// works wants a clone to work.
func (m *machine) works(url string) {
	m.t.Helper()
	if s := m.clone(url); s.code != 0 {
		m.t.Fatalf("the clone of %s fails:\n%s", url, s.text)
	}
}

// fails wants a clone to fail, and what a person is told to have all the words.
func (m *machine) fails(url string, words ...string) {
	m.t.Helper()
	s := m.clone(url)
	if s.code == 0 {
		m.t.Fatalf("the clone of %s works", url)
	}
	s.has(m.t, words...)
}

// has wants words on the screen, wherever its width has broken a line.
func (s screen) has(t *testing.T, words ...string) {
	t.Helper()
	for _, word := range words {
		if !folded(word).MatchString(s.text) {
			t.Errorf("there is no %q in:\n%s", word, s.text)
		}
	}
}

// finds wants doctor to find a fault, and to tell it in these words.
func (m *machine) finds(t *testing.T, words ...string) screen {
	t.Helper()
	s := m.try("sesame doctor", "")
	if s.code != 1 {
		t.Errorf("doctor ends with %d, want 1, for a fault", s.code)
	}
	s.has(t, words...)
	return s
}

// command returns the first repair on the screen that begins so: others are for people, in words.
func (s screen) command(t *testing.T, program string) string {
	t.Helper()
	return program + s.after(t, "to repair it, type: "+program)
}

// after returns the command that stands on the screen behind a mark, to the end of its line. A command may have a line of
// its own.
func (s screen) after(t *testing.T, mark string) string {
	t.Helper()
	at := folded(mark).FindStringIndex(s.text)
	if at == nil {
		t.Fatalf("there is no %q in:\n%s", mark, s.text)
	}
	command, _, _ := strings.Cut(strings.TrimLeft(s.text[at[1]:], " \n"), "\n")
	if strings.TrimSpace(command) == "" {
		t.Fatalf("nothing follows %q in:\n%s", mark, s.text)
	}
	return strings.TrimSpace(command)
}

// folded matches words with any blanks and line ends between them.
func folded(words string) *regexp.Regexp {
	parts := strings.Fields(words)
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	return regexp.MustCompile(strings.Join(parts, `\s+`))
}
