//go:build unix

package hostile

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/sesame-auth/sesame/cmd/internal/leak"
)

// request is a good request of each tool for the one host that has a token.
var request = map[string]string{
	bazel:  `{"uri":"https://git.example.com/"}`,
	git:    "protocol=https\nhost=git.example.com\n\n",
	docker: "git.example.com",
}

func newTempting(t *testing.T) (h *house, token string) {
	h, token = newHouse(t), newSecret("token")
	h.env["SESAME_TOKEN_GIT_EXAMPLE_COM"] = token
	for program, text := range request {
		if r := h.run(text, program, "get"); !leak.Holds(r.stdout, token) {
			t.Fatalf("%s has no token for a good request: %q", program, r.stdout+r.stderr)
		}
	}
	return h, token
}

// What these tools' helpers were fooled with, in git above all (CVE-2020-5260, CVE-2020-11008,
// CVE-2024-50349, CVE-2024-52006): a line too many, or one that is not there.
func TestHostileBytesGetNoTokenAndOneShortError(t *testing.T) {
	h, token := newTempting(t)
	long := strings.Repeat("a", 10<<20)
	tests := []struct {
		name, program, input string
		silent               bool // the protocol's "nothing here", no error
	}{
		{"NUL in the URI", bazel, `{"uri":"https://git.example.com/\u0000"}`, false},
		{"NUL byte", bazel, "{\"uri\":\"https://git.example.com/\x00\"}", false},
		{"line feed in the URI", bazel, `{"uri":"https://git.example.com\n.evil.test/"}`, false},
		{"carriage return in the URI", bazel, `{"uri":"https://git.example.com\r/"}`, false},
		{"escape in the URI", bazel, `{"uri":"https://git.example.com/\u001b[2J"}`, false},
		{"escape byte", bazel, "{\"uri\":\"https://git.example.com/\x1b[2J\"}", false},
		{"two URIs", bazel, `{"uri":"https://evil.test/","uri":"https://git.example.com/"}`, false},
		{"two URIs, one escaped", bazel, `{"uri":"https://evil.test/","\u0075ri":"https://git.example.com/"}`, false},
		{"two objects", bazel, `{"uri":"https://git.example.com/"}{"uri":"https://evil.test/"}`, false},
		{"no URI", bazel, `{}`, false},
		{"URI in a list", bazel, `{"uri":["https://git.example.com/"]}`, false},
		{"URI of another case", bazel, `{"URI":"https://git.example.com/"}`, false},
		{"no JSON", bazel, "https://git.example.com/", false},
		{"no UTF-8", bazel, "{\"uri\":\"https://git.example.com/\xff\"}", false},
		{"nothing", bazel, "", false},
		{"deep nesting", bazel, `{"uri":"https://git.example.com/","x":` + strings.Repeat("[", 60000), false},
		{"10 MiB", bazel, `{"uri":"https://git.example.com/` + long + `"}`, false},
		{"NUL", git, "protocol=https\nhost=git.example.com\x00.evil.test\n\n", false},
		{"carriage return", git, "protocol=https\nhost=git.example.com\rhost=evil.test\n\n", false},
		{"escape", git, "protocol=https\nhost=\x1b[2Jgit.example.com\n\n", true},
		{"two hosts", git, "protocol=https\nhost=evil.test\nhost=git.example.com\n\n", false},
		{"two hosts, one in a URL", git, "url=https://evil.test/\nhost=git.example.com\n\n", false},
		{"line feed in a URL", git, "url=https://evil.test/%0ahost=git.example.com\n\n", false},
		{"host in a URL's host", git, "url=https://evil.test%0ahost=git.example.com/\n\n", false},
		{"no host", git, "protocol=https\n\n", true},
		{"empty host", git, "protocol=https\nhost=\n\n", true},
		{"no protocol", git, "host=git.example.com\n\n", true},
		{"host behind the blank line", git, "protocol=https\n\nhost=git.example.com\n\n", true},
		{"no equals sign", git, "protocol=https\nhost=git.example.com\nx\n\n", false},
		{"nothing", git, "", true},
		{"10 MiB", git, "protocol=https\nhost=git.example.com\nx=" + long + "\n\n", false},
		{"many lines", git, "protocol=https\nhost=git.example.com\n" + strings.Repeat("x=y\n", 1<<20), false},
		{"NUL", docker, "git.example.com\x00", false},
		{"escape", docker, "\x1b[2Jgit.example.com", false},
		{"two lines", docker, "evil.test\ngit.example.com", false},
		{"two lines, the good one first", docker, "git.example.com\nevil.test", false},
		{"carriage return", docker, "git.example.com\revil.test", false},
		{"nothing", docker, "", false},
		{"10 MiB", docker, "git.example.com" + long, false},
		{"10 MiB of line ends", docker, "git.example.com" + strings.Repeat("\n", 10<<20), false},
	}
	for _, test := range tests {
		t.Run(strings.TrimSuffix(test.program, "-credential-sesame")+", "+test.name, func(t *testing.T) {
			r := h.run(test.input, test.program, "get")
			if leak.Holds(r.stdout+r.stderr, token) {
				t.Error("it got the token")
			}
			if !test.silent {
				r.wantRefusal(t, test.program)
			} else if r.code != 0 || r.stdout+r.stderr != "" {
				t.Errorf("exit %d, %q: want nothing", r.code, r.stdout+r.stderr)
			}
		})
	}
}

// A build hangs without a word where its helper waits for the end of a request that has none.
func TestStdinThatIsNeverClosedIsGivenUp(t *testing.T) {
	h, token := newTempting(t)
	for program, text := range request {
		t.Run(program, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			cmd := h.command(ctx, program, "get")
			var stdout, stderr strings.Builder
			stdin, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			_, _ = io.WriteString(stdin, strings.TrimRight(text, "\n"))
			_ = cmd.Wait()
			h.scan.Said(program+"'s stderr", stderr.String())
			if leak.Holds(stdout.String(), token) {
				t.Error("it answered a request that had not ended")
			}
			result{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}.wantRefusal(t, program)
		})
	}
}
