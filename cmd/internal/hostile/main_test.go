//go:build unix

package hostile

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"github.com/sesame-auth/sesame/cmd/internal/leak"
	"github.com/sesame-auth/sesame/cmd/internal/programs"
)

// patience is how long a program may run. No test expects to wait for it.
const patience = 2 * time.Minute

// The fronts.
const (
	bazel  = "bazel-credential-sesame"
	git    = "git-credential-sesame"
	docker = "docker-credential-sesame"
)

// bin is the folder of the programs under test, and of acme, the plugin of these tests.
var bin string

func acme() string { return filepath.Join(bin, "acme") }

func TestMain(m *testing.M) { programs.Main(m, &bin, "./testdata/acme") }

// Whoever means harm looks at the log first.
func TestNothingLeaksWhereEverythingIsLogged(t *testing.T) {
	t.Parallel()
	programs.RunTraced(t, bin)
}

// A house is a home directory and an environment of its own.
type house struct {
	t     *testing.T
	bin   string
	home  string
	work  string // the working directory: the tool's, a stranger's repository
	state string
	env   map[string]string
	scan  *leak.Scan
}

func newHouse(t *testing.T) *house {
	t.Helper()
	// A short path, as a plugin's socket needs one, and nobody else's to write in.
	home, err := os.MkdirTemp("/tmp", "hostile")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(home) })
	h := &house{
		t: t, bin: bin, home: home, work: filepath.Join(home, "work"),
		state: filepath.Join(home, "state"),
	}
	h.env = map[string]string{
		"HOME": home, "TMPDIR": home, "PATH": "/usr/bin:/bin", "SESAME_STATE_DIR": h.state,
	}
	maps.Copy(h.env, programs.Log(home+"/log"))
	h.searched()
	h.write("work/README", "a stranger's")
	return h
}

// searched has the house searched for every secret that the test makes from now on.
func (h *house) searched() {
	h.scan = leak.Test(h.t, h.home, h.environ)
	for _, name := range []string{"logins", "plugins", "installed"} {
		h.scan.Own(filepath.Join(h.home, name))
	}
	minted.mu.Lock()
	defer minted.mu.Unlock()
	first := len(minted.secrets)
	h.t.Cleanup(func() {
		minted.mu.Lock()
		defer minted.mu.Unlock()
		h.scan.Add(minted.secrets[first:]...)
	})
}

// write writes a file in the home directory, owner-only, and returns its path.
func (h *house) write(name, content string) string {
	h.t.Helper()
	path := filepath.Join(h.home, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		h.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		h.t.Fatal(err)
	}
	h.scan.Wrote(path, content)
	return path
}

// configure writes the configuration where it is looked for, and returns its path.
func (h *house) configure(toml string) string { return h.write(".config/sesame/config.toml", toml) }

// route is one [[route]] of a configuration.
func route(match, provider, options string) string {
	return fmt.Sprintf("[[route]]\nmatch = %q\nprovider = %q\noptions = { %s }\n", match, provider, options)
}

// A result is what a program left behind.
type result struct {
	stdout, stderr string
	code           int
}

// run runs a program in the working directory with input on stdin.
func (h *house) run(input, program string, args ...string) result {
	h.t.Helper()
	return h.runReading(strings.NewReader(input), program, args...)
}

func (h *house) runReading(stdin io.Reader, program string, args ...string) result {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), patience)
	defer cancel()
	cmd := h.command(ctx, program, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, &stdout, &stderr
	err := cmd.Run()
	if _, ended := errors.AsType[*exec.ExitError](err); ctx.Err() != nil || err != nil && !ended {
		h.t.Errorf("%s %s: %v", program, strings.Join(args, " "), err)
	}
	r := result{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
	h.scan.Ran(cmd.Args, r.code, r.stdout, r.stderr)
	return r
}

// command returns one of our programs that is not started yet.
func (h *house) command(ctx context.Context, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, filepath.Join(h.bin, program), args...)
	cmd.Dir, cmd.Env = h.work, h.environ()
	return cmd
}

func (h *house) environ() []string {
	var environ []string
	for name, value := range h.env {
		environ = append(environ, name+"="+value)
	}
	slices.Sort(environ)
	return environ
}

// ask asks as Bazel does.
func (h *house) ask(url string) result { return h.run(bazelRequest(url), bazel, "get") }

func bazelRequest(url string) string { return fmt.Sprintf(`{"uri":%q}`, url) }

// minted are the secrets that were made so far.
var minted struct {
	mu      sync.Mutex
	secrets []string
}

// newSecret returns a text that is nowhere else. The characters after its name are ones that
// encodings change.
func newSecret(name string) string {
	secret := name + "+/" + rand.Text() + "~"
	minted.mu.Lock()
	defer minted.mu.Unlock()
	minted.secrets = append(minted.secrets, secret)
	return secret
}

// wantRefusal checks that a program ended with code 1, answered nothing, and said why
// in one line that a terminal shows as it is. Docker's programs say it on stdout.
func (r result) wantRefusal(t *testing.T, program string) {
	t.Helper()
	said, silent := r.stderr, r.stdout
	if program == docker {
		said, silent = silent, said
	}
	if r.code != 1 || silent != "" {
		t.Errorf("exit %d, output %q: want 1, and no answer", r.code, silent)
	}
	wantOneLine(t, said)
}

func wantOneLine(t *testing.T, said string) {
	t.Helper()
	line, ended := strings.CutSuffix(said, "\n")
	if !ended || line == "" || len(line) > 4<<10 || strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }) {
		t.Errorf("message %.500q: want one short line without control characters", said)
	}
}
