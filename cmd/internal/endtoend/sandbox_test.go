package endtoend_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/cmd/internal/leak"
	"github.com/sesame-auth/sesame/cmd/internal/programs"
)

// patience is how long a program may run. No test expects to wait for it: it turns a program
// that hangs into a message.
const patience = 2 * time.Minute

// A sandbox is a home directory of its own, with the programs under test first in PATH.
type sandbox struct {
	t     *testing.T
	home  string
	env   map[string]string
	scan  *leak.Scan
	slots chan struct{} // one for each program that runs
}

func newSandbox(t *testing.T) *sandbox {
	t.Helper()
	home := t.TempDir()
	// A thousand programs that all log take more than the time in which they must answer.
	s := &sandbox{t: t, home: home, slots: make(chan struct{}, programs.Fewer(10_000, 20)), env: map[string]string{
		"PATH": bin + string(os.PathListSeparator) + os.Getenv("PATH"),
		"HOME": home, "TMPDIR": subdirectory(t, home, "tmp"), "LC_ALL": "C.UTF-8",
		"XDG_CONFIG_HOME": home + "/.config", "XDG_DATA_HOME": home + "/.local/share",
		"XDG_STATE_HOME": home + "/.local/state", "XDG_CACHE_HOME": home + "/.cache",
		"XDG_RUNTIME_DIR": subdirectory(t, home, "run"),
		// Nothing of the developer's git, and nobody to ask.
		"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": home + "/.gitconfig",
		"GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "", "SSH_ASKPASS": "",
		"GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@test.invalid",
		"GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@test.invalid",
		"DOCKER_CONFIG": home + "/.docker",
	}}
	s.scan = leak.Test(t, home, s.environ)
	s.scan.Own(filepath.Join(home, "uv"))
	maps.Copy(s.env, programs.Log(filepath.Join(home, "log")))
	// A docker that finds no configuration looks for a program that keeps passwords.
	s.write(".docker/config.json", `{"auths":{"unused.invalid":{}}}`)
	return s
}

// subdirectory makes a directory of the sandbox, owner-only.
func subdirectory(t *testing.T, home, name string) string {
	t.Helper()
	dir := filepath.Join(home, name)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}

// write writes a file in the home directory, owner-only, and returns its path.
func (s *sandbox) write(name, content string) string {
	s.t.Helper()
	path := filepath.Join(s.home, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		s.t.Fatal(err)
	}
	s.scan.Wrote(path, content)
	return path
}

// configure writes sesame's configuration.
func (s *sandbox) configure(toml string) { s.write(".config/sesame/config.toml", toml) }

// staticRoute configures one route, whose token is the content of the file that is returned.
func (s *sandbox) staticRoute(match, username, token string) (secretFile string) {
	s.t.Helper()
	s.scan.Add(token)
	secretFile = s.write("secret", token+"\n")
	s.scan.Own(secretFile) // a test may change it
	s.configure("[[route]]\nmatch = \"" + match + "\"\nprovider = \"static\"\nusername = \"" + username +
		"\"\noptions = { secret_file = \"" + secretFile + "\" }\n")
	return secretFile
}

// environ returns the environment of the sandbox, and nothing of the developer's.
func (s *sandbox) environ() []string {
	var environ []string
	for name, value := range s.env {
		environ = append(environ, name+"="+value)
	}
	slices.Sort(environ)
	return environ
}

// A result is what a program left behind.
type result struct {
	stdout, stderr string
	code           int // -1 if a signal ended it
}

// run runs a program in the home directory with input on stdin.
func (s *sandbox) run(input, name string, args ...string) result {
	s.t.Helper()
	return s.runIn(s.home, strings.NewReader(input), name, args...)
}

// runIn is run in another directory. Several goroutines may call it at once.
func (s *sandbox) runIn(dir string, stdin io.Reader, name string, args ...string) result {
	s.t.Helper()
	s.slots <- struct{}{}
	defer func() { <-s.slots }()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	command := s.command(ctx, name, args...)
	command.Dir, command.Stdin = dir, stdin
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	err := command.Run()
	if _, ended := errors.AsType[*exec.ExitError](err); err != nil && !ended {
		s.t.Errorf("%s: %v", name, err)
		return result{code: -1}
	}
	if ctx.Err() != nil {
		s.t.Errorf("%s %s did not end within %v", name, strings.Join(args, " "), patience)
	}
	r := result{stdout.String(), stderr.String(), command.ProcessState.ExitCode()}
	s.scan.Ran(append([]string{name}, args...), r.code, r.stdout, r.stderr)
	return r
}

// command returns a program that is not started yet. One of ours is looked up in bin, any
// other in PATH.
func (s *sandbox) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	if _, err := os.Stat(filepath.Join(bin, name)); err == nil {
		name = filepath.Join(bin, name)
	}
	command := exec.CommandContext(ctx, name, args...)
	command.Env = s.environ()
	return command
}

// must runs a program that has to succeed, and returns its output.
func (s *sandbox) must(name string, args ...string) string {
	s.t.Helper()
	r := s.run("", name, args...)
	if r.code != 0 {
		s.t.Fatalf("%s %s: exit %d\n%s%s", name, strings.Join(args, " "), r.code, r.stdout, r.stderr)
	}
	return r.stdout
}
