//go:build unix

package sdk

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sys/unix"

	"github.com/sesame-auth/sesame/plugins/internal/wire"
)

// The test binary is the process of these tests as well.
const roleVariable = "TEST_ROLE"

func TestMain(m *testing.M) {
	switch os.Getenv(roleVariable) {
	case "serve":
		Serve(panics{})
	case "harden":
		reportHardened()
	default:
		os.Exit(m.Run())
	}
}

// self returns a command for this test binary in a role.
func self(t *testing.T, role string, env ...string) *exec.Cmd {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path)
	cmd.Env = append(env, roleVariable+"="+role, "GORACE=atexit_sleep_ms=0")
	return cmd
}

// A person who starts a plugin gets told what it is, and no handshake on the terminal.
func TestServeTellsAPersonWhatItIs(t *testing.T) {
	cookie := wire.Handshake()
	for _, row := range []struct{ name, env string }{
		{"no cookie", "OTHER=1"},
		{"another cookie", cookie.MagicCookieKey + "=1"},
	} {
		t.Run(row.name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			cmd := self(t, "serve", row.env)
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			err := cmd.Run()
			if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != 1 {
				t.Errorf("error %v, want exit code 1", err)
			}
			if !strings.Contains(stderr.String(), "this is a sesame provider plugin: it is started by sesame") {
				t.Errorf("stderr is %q", &stderr)
			}
			if stdout.Len() > 0 {
				t.Errorf("stdout is %q", &stdout)
			}
		})
	}
}

// The handshake is the one line on stdout, and of the version that the host is told to expect.
func TestServeWritesTheHandshakeAlone(t *testing.T) {
	cookie := wire.Handshake()
	cmd := self(t, "serve", cookie.MagicCookieKey+"="+cookie.MagicCookieValue, "PLUGIN_UNIX_SOCKET_DIR="+socketDir(t))
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, 1<<10)
	n, err := stdout.Read(line)
	if err != nil {
		t.Error(err)
	}
	fields := strings.Split(string(line[:n]), "|")
	if len(fields) != 6 || fields[0] != "1" || fields[1] != "1" || fields[2] != "unix" || fields[4] != "grpc" || fields[5] != "\n" {
		t.Errorf("stdout is %q", line[:n])
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Error(err)
	}
	_ = cmd.Wait()
}

// socketDir returns a directory whose path is short enough.
func socketDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "t")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// reportHardened hardens its process and says in its exit code what is not so.
func reportHardened() {
	if err := harden(); err != nil {
		os.Exit(100)
	}
	code := 0
	if n, _ := os.Stdin.Read(make([]byte, 1)); n != 0 {
		code |= 1
	}
	if syscall.Umask(0) != 0o077 {
		code |= 2
	}
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_CORE, &limit); err != nil || limit.Cur != 0 || limit.Max != 0 {
		code |= 4
	}
	if dumpable() {
		code |= 8
	}
	os.Exit(code)
}

// A provider must read nobody's stdin, and leave no file, no core and no memory to others.
func TestHardenTakesWhatAProviderMustNotHave(t *testing.T) {
	cmd := self(t, "harden")
	cmd.Stdin = strings.NewReader("the job of another")
	err := cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		t.Errorf("exit code %d: 1 is stdin, 2 the umask, 4 core dumps, 8 the memory", exit.ExitCode())
	} else if err != nil {
		t.Error(err)
	}
	if runtime.GOOS == "linux" != knowsDumpable {
		t.Error("on Linux the memory must be checked")
	}
}

// A plugin whose host was killed would live on with what it knows.
func TestEndWithParentEndsWhenTheParentChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		getppid := func() int {
			if time.Since(start) < 10*time.Second {
				return 100
			}
			return 1
		}
		ended := make(chan time.Duration, 1)
		endWithParent(getppid, func() { ended <- time.Since(start) })
		time.Sleep(9 * time.Second)
		synctest.Wait()
		if len(ended) > 0 {
			t.Errorf("it ended after %v, with its parent there", <-ended)
		}
		if got, want := <-ended, 10*time.Second; got < want || got > want+parentPoll {
			t.Errorf("it ended after %v, want %v and a second at most", got, want)
		}
	})
}
