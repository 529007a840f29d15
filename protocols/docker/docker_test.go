package docker

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/sesame-auth/sesame/protocols"
	"github.com/sesame-auth/sesame/providers"
)

// fakeTokens answers for the URLs of its maps, and records what it was asked.
type fakeTokens struct {
	protocols.Tokens
	tokens    map[string]*providers.Token
	origin    protocols.Origin
	path      string           // of every answer
	keeps     map[string]error // what Keep returns; without an entry there is no route
	accounts  []protocols.Account
	err       error
	asked     []string
	forgotten []string
	kept      []string
}

func (f *fakeTokens) Token(_ context.Context, u providers.URL, username string) (protocols.Answer, error) {
	f.asked = append(f.asked, u.String()+username)
	if t, ok := f.tokens[u.String()]; ok {
		return protocols.Answer{Token: t, Origin: f.origin, Path: f.path}, nil
	}
	if f.err != nil {
		return protocols.Answer{}, f.err
	}
	return protocols.Answer{}, providers.ErrNotFound
}

func (f *fakeTokens) Keep(_ context.Context, u providers.URL, name string, t *providers.Token) error {
	f.kept = append(f.kept, u.String()+" as "+name+": "+t.Scheme+" "+t.Username+":"+t.Value.Reveal())
	if err, ok := f.keeps[u.String()]; ok {
		return err
	}
	return &providers.Error{Kind: providers.ErrNotFound, Message: "no route for " + u.String()}
}

func (f *fakeTokens) Forget(_ context.Context, u providers.URL, username string, value providers.Secret) error {
	f.forgotten = append(f.forgotten, u.String()+username+value.Reveal())
	return f.err
}

func (f *fakeTokens) List(context.Context) ([]protocols.Account, error) { return f.accounts, f.err }

// serve runs an operation and returns what came out, and the exit code. Nothing may be
// left to print on stderr.
func serve(t *testing.T, operation, request string, tokens protocols.Tokens) (out string, code int) {
	t.Helper()
	var b bytes.Buffer
	err := Serve(t.Context(), operation, strings.NewReader(request), &b, tokens)
	code, message := protocols.ExitCode(err)
	if message != "" {
		t.Errorf("%s: %q for stderr", operation, message)
	}
	return b.String(), code
}

const registry = "https://reg.example:5000"

func tester(urls ...string) *fakeTokens {
	fake := &fakeTokens{tokens: map[string]*providers.Token{}}
	for _, u := range urls {
		fake.tokens[u] = &providers.Token{Username: "tester", Value: providers.NewSecret("s3cret"),
			Expires: time.Unix(2e9, 0)}
	}
	return fake
}

func TestEmptyRequestsSaySoToTheLetter(t *testing.T) {
	for _, operation := range []string{"get", "erase"} {
		for _, request := range []string{"", "\n", "  \r\n"} {
			if got, code := serve(t, operation, request, tester()); got != "no credentials server URL\n" || code != 1 {
				t.Errorf("%s %q: got %q, %d", operation, request, got, code)
			}
		}
	}
}

// The tools show a person what stands on stdout, and take the text for "not found" if it is
// that; it must be one line and hold nothing of the request.
func TestFailuresAreOneLineOnStdout(t *testing.T) {
	cause := &providers.Error{Kind: providers.ErrLoginRequired, Message: "not logged in\nto \x1breg.example"}
	tests := []struct{ name, operation, request, want string }{
		{"no token can be had", "get", "reg.example:5000", "get: not logged in to ?reg.example"},
		{"not kept", "store", entryOf("reg.example:5000", "u", "hunter2"), "store: not logged in to ?reg.example"},
		{"not listed", "list", "", "list: not logged in to ?reg.example"},
		{"a blank inside", "get", "reg.example hunter2", "get: the request does not name a registry: want host[:port]"},
		{"a line end inside", "get", "reg.example\nhunter2", "get: the request does not name a registry: want host[:port]"},
		{"not UTF-8", "get", "reg.example/\xff", "get: the request does not name a registry: want host[:port]"},
		{"64 KiB", "get", strings.Repeat("a", 65536), "get: the request does not name a registry: want host[:port]"},
		{"too much", "get", strings.Repeat("a", 65537), "get: the request is too long"},
		{"too much to store", "store", strings.Repeat(" ", 65537), "store: the request is too long"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fake := &fakeTokens{err: cause, keeps: map[string]error{registry: cause}}
			got, code := serve(t, tt.operation, tt.request, fake)
			if got != "docker-credential-sesame: "+tt.want+"\n" || code != 1 {
				t.Errorf("got %q, %d", got, code)
			}
		})
	}
}

// docker-py leaves its own stdin open for list, and version is typed by people.
func TestWhatNeedsNoRequestDoesNotRead(t *testing.T) {
	const version = "docker-credential-sesame (github.com/sesame-auth/sesame) devel\n"
	const unknown = "docker-credential-sesame: unknown action: "
	tests := []struct {
		operation, want string
		code            int
	}{
		{"list", `{"reg.example:5000":"__token__"}` + "\n", 0},
		{"version", version, 0}, {"--version", version, 0}, {"-v", version, 0},
		{"--help", usage + "\n", 0}, {"-h", usage + "\n", 0},
		{"", usage + "\n", 2},
		{"GET", unknown + "GET\n", 2},
		{"frobnicate", unknown + "frobnicate\n", 2},
		{"a\n\x1bb", unknown + "a ?b\n", 2},
	}
	for _, tt := range tests {
		t.Run(tt.operation, func(t *testing.T) {
			var out bytes.Buffer
			fake := &fakeTokens{accounts: []protocols.Account{{Host: "reg.example:5000"}}}
			err := Serve(t.Context(), tt.operation, iotest.ErrReader(errors.New("was read")), &out, fake)
			code, message := protocols.ExitCode(err)
			if out.String() != tt.want || code != tt.code || message != "" {
				t.Errorf("got %q, %d, %q for stderr", out.String(), code, message)
			}
		})
	}
}

func TestServeReportsBrokenStreams(t *testing.T) {
	broken := errors.New("broken")
	w := &writer{err: broken}
	err := Serve(t.Context(), "get", strings.NewReader("reg.example:5000"), w, tester(registry))
	if !errors.Is(err, broken) || w.writes != 1 {
		t.Errorf("writing: got %v after %d writes", err, w.writes)
	}
	var out bytes.Buffer
	err = Serve(t.Context(), "get", iotest.ErrReader(broken), &out, tester())
	if code, _ := protocols.ExitCode(err); code != 1 || out.String() != "docker-credential-sesame: get: broken\n" {
		t.Errorf("reading: got %q, %v", out.String(), err)
	}
}

// writer fails, and counts: an answer must arrive at once.
type writer struct {
	err    error
	writes int
}

func (w *writer) Write(p []byte) (int, error) {
	w.writes++
	return 0, w.err
}
