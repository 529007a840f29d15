package endtoend_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/providers/pyx/pyxtest"
)

const bazelFront = "bazel-credential-sesame"

// bazelSandbox has a token for cache.test in the environment.
func bazelSandbox(t *testing.T) *sandbox {
	t.Helper()
	s := newSandbox(t)
	s.env["SESAME_TOKEN_CACHE_TEST"] = "env-token"
	return s
}

// The bytes are those that Bazel 7.7.1 writes: no line end, and the characters = & < > ' escaped.
func TestBazelIsAnsweredInEverySpellingOfItsRequest(t *testing.T) {
	t.Parallel()
	s := bazelSandbox(t)
	tests := []struct{ name, request, want string }{
		{"remote cache", `{"uri":"https://cache.test"}`, "Bearer env-token"},
		{"gRPC service", `{"uri":"https://cache.test/build.bazel.remote.execution.v2.ActionCache"}`, "Bearer env-token"},
		{"download", `{"uri":"https://cache.test/a.tar?q\u003d1\u0026r\u003da%20b#frag"}`, "Bearer env-token"},
		{"userinfo", `{"uri":"https://me:password@cache.test/c"}`, "Bearer env-token"},
		{"capitals and the default port", `{"uri":"https://CACHE.test:443/c"}`, "Bearer env-token"},
		{"a field of a later version", `{"uri":"https://cache.test/c","more":{"a":[1]}}`, "Bearer env-token"},
		{"another host", `{"uri":"https://mirror.test/c"}`, ""},
		{"another port", `{"uri":"https://cache.test:8443/c"}`, ""},
		{"not encrypted", `{"uri":"http://cache.test/c"}`, ""},
		{"only looks like the host", `{"uri":"https://cache.test@evil.test/c"}`, ""},
		{"no host", `{"uri":"unix:///run/cache.sock"}`, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			answer := s.run(test.request, bazelFront, "get")
			got, err := readAsBazel(answer.stdout)
			if got != test.want || err != nil || answer.code != 0 || answer.stderr != "" {
				t.Errorf("exit %d, %q, %v; stderr %q", answer.code, got, err, answer.stderr)
			}
		})
	}
}

// Bazel reads stdout only of a program that succeeded, and shows stderr only of one that
// failed: a failure says what it has to say there, and nothing else.
func TestBazelIsToldWhatIsWrongOnStderrAlone(t *testing.T) {
	t.Parallel()
	s := bazelSandbox(t)
	tests := []struct{ name, request, operation string }{
		{"empty", ``, "get"},
		{"not JSON", `not json`, "get"},
		{"cut short", `{"uri":`, "get"},
		{"git's request", "protocol=https\nhost=cache.test\n", "get"},
		{"docker's request", "cache.test", "get"},
		{"no URI", `{}`, "get"},
		{"a number", `{"uri":7}`, "get"},
		{"git's operation", `{"uri":"https://cache.test"}`, "erase"},
		{"no operation", ``, ""},
		{"megabytes", `{"uri":"https://cache.test/` + strings.Repeat("a", 8<<20) + `"}`, "get"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var args []string
			if test.operation != "" {
				args = []string{test.operation}
			}
			answer := s.run(test.request, bazelFront, args...)
			if answer.code <= 0 || answer.stdout != "" || answer.stderr == "" || len(answer.stderr) > 4096 {
				t.Errorf("exit %d, stdout %q, stderr %q", answer.code, answer.stdout, answer.stderr)
			}
		})
	}
}

// Bazel starts the program in the workspace, which may be anything, and may be gone. A refresh
// starts two more programs from there.
func TestTheWorkingDirectoryDoesNotMatter(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		mode   os.FileMode
		script string // leads to the program, which it is given
	}{
		{"read-only", 0o500, `exec "$0" get`},
		{"deleted", 0o700, `rmdir "$PWD" && exec "$0" get`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server, pyx := newPyxGitServer(t, pyxtest.Config{})
			s := newSandbox(t)
			loginPyx(s, pyx, -time.Minute)
			dir := subdirectory(t, s.home, "workspace")
			if err := os.Chmod(dir, test.mode); err != nil {
				t.Fatal(err)
			}
			request := strings.NewReader(`{"uri":"` + server.url + `"}`)
			checkAnswer(t, s.runIn(dir, request, "sh", "-c", test.script, filepath.Join(bin, bazelFront)))
			wantRefreshes(t, pyx, 1)
		})
	}
}

// checkAnswer wants a token.
func checkAnswer(t *testing.T, answer result) {
	t.Helper()
	got, err := readAsBazel(answer.stdout)
	if answer.code != 0 || err != nil || !strings.HasPrefix(got, "Bearer ") {
		t.Errorf("exit %d, %q, %v; stderr %q", answer.code, got, err, answer.stderr)
	}
}

// A tool that never closes the pipe must not leave a process behind for ever.
func TestAProgramWhoseStdinIsNeverClosedEndsByItself(t *testing.T) {
	t.Parallel()
	for _, front := range []string{bazelFront, "git-credential-sesame", "docker-credential-sesame"} {
		t.Run(front, func(t *testing.T) {
			t.Parallel()
			s := bazelSandbox(t)
			stdin, writer, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer stdin.Close()
			defer writer.Close()
			answer := s.runIn(s.home, stdin, front, "get") // fails if it has to kill
			if answer.code != 1 || !strings.Contains(answer.stdout+answer.stderr, "stdin") {
				t.Errorf("exit %d, stdout %q, stderr %q", answer.code, answer.stdout, answer.stderr)
			}
		})
	}
}

// crowd runs the front n times at once, and checks each answer. The request is a file: a pipe
// that this process has to fill may be filled too late, with so many.
func crowd(s *sandbox, n int, uri string, check func(answer result)) {
	s.t.Helper()
	request := s.write("request", `{"uri":"`+uri+`"}`)
	var group sync.WaitGroup
	for range n {
		group.Go(func() {
			stdin, err := os.Open(request)
			if err != nil {
				s.t.Error(err)
				return
			}
			defer stdin.Close()
			check(s.runIn(s.home, stdin, bazelFront, "get"))
		})
	}
	group.Wait()
}

// A build machine starts a thousand at once. Each must be answered, and alike.
func TestAThousandBazelRequestsAtOnceAreAnswered(t *testing.T) {
	t.Parallel()
	crowd(bazelSandbox(t), 1000, "https://cache.test/c", func(answer result) {
		if got, err := readAsBazel(answer.stdout); got != "Bearer env-token" || err != nil || answer.code != 0 {
			t.Errorf("exit %d, %q, %v; stderr %q", answer.code, got, err, answer.stderr)
		}
	})
}

// The fault that this project was born from: each of many calls refreshed the token.
func TestManyBazelRequestsForAnExpiredTokenCostOneRefresh(t *testing.T) {
	t.Parallel()
	server, pyx := newPyxGitServer(t, pyxtest.Config{Latency: 300 * time.Millisecond})
	s := newSandbox(t)
	loginPyx(s, pyx, -time.Minute)
	crowd(s, 200, server.url+"/build.bazel.remote.execution.v2.ActionCache", func(answer result) {
		checkAnswer(t, answer)
	})
	wantRefreshes(t, pyx, 1)
}
