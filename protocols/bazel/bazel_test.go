package bazel

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/sesame-auth/sesame/protocols"
	"github.com/sesame-auth/sesame/protocols/internal/plain"
	"github.com/sesame-auth/sesame/providers"
)

// fakeTokens answers for the URLs of its map, and records what it was asked.
type fakeTokens struct {
	protocols.Tokens
	tokens map[string]*providers.Token
	origin protocols.Origin
	err    error
	asked  []string
}

func (f *fakeTokens) Token(_ context.Context, u providers.URL, username string) (protocols.Answer, error) {
	f.asked = append(f.asked, u.String()+" "+username)
	if t, ok := f.tokens[u.String()]; ok {
		return protocols.Answer{Token: t, Origin: f.origin}, nil
	}
	if f.err != nil {
		return protocols.Answer{}, f.err
	}
	return protocols.Answer{}, providers.ErrNotFound
}

// serveGet runs the operation and returns what came out.
func serveGet(t *testing.T, request string, tokens protocols.Tokens) (string, error) {
	t.Helper()
	var out bytes.Buffer
	err := Serve(t.Context(), "get", strings.NewReader(request), &out, tokens)
	if err != nil && out.Len() > 0 {
		t.Errorf("an error and an answer: %v, %q", err, out.String())
	}
	return out.String(), err
}

func bearer(value string) *providers.Token {
	return &providers.Token{Value: providers.NewSecret(value), Scheme: providers.Bearer}
}

const (
	answerT    = `{"headers":{"Authorization":["Bearer T"]}}` + "\n"
	answerNone = `{"headers":{}}` + "\n"
)

// The requests are the bytes that Bazel 7.7.1 writes, or what other tools of the same
// protocol do.
func TestGetAnswersEveryFormOfARequest(t *testing.T) {
	tests := []struct{ name, request, asked, want string }{
		{"as Bazel writes it, without a line end", `{"uri":"https://h.test/x"}`,
			"https://h.test/x", answerT},
		{"with a line end", `{"uri":"https://h.test/x"}` + "\n",
			"https://h.test/x", answerT},
		{"escaped by Gson, with query and fragment",
			`{"uri":"https://h.test/a?q\u003d1\u0026r\u003da%20b#frag"}`,
			"https://h.test/a", answerT},
		{"unknown members", `{"a":{"b":[1,null]},"uri":"https://h.test/x","c":true}`,
			"https://h.test/x", answerT},
		{"a gRPC service", `{"uri":"https://h.test:8443/build.bazel.remote.execution.v2.Capabilities"}`,
			"https://h.test:8443/build.bazel.remote.execution.v2.Capabilities", answerT},
		{"no path", `{"uri":"http://127.0.0.1:8980"}`, "http://127.0.0.1:8980", answerT},
		{"an account and a password in the URI", `{"uri":"http://user:pass@h.test/c"}`,
			"http://h.test/c", answerT},
		{"upper case and the default port", `{"uri":"HTTPS://H.TEST:443/x"}`,
			"https://h.test/x", answerT},
		{"IPv6", `{"uri":"https://[::1]:9/x"}`, "https://[::1]:9/x", answerT},
		{"grpcs counts as https", `{"uri":"grpcs://h.test:443/x"}`, "https://h.test/x", answerT},
		{"grpc counts as http", `{"uri":"grpc://h.test:80"}`, "http://h.test", answerT},
		{"a host that only ends well", `{"uri":"https://evil-h.test/"}`, "https://evil-h.test/", answerNone},
		{"a host that only begins well", `{"uri":"https://h.test.evil.com/"}`, "https://h.test.evil.com/", answerNone},
		{"a host as the account of another", `{"uri":"https://h.test@evil.com/"}`, "https://evil.com/", answerNone},
		{"a scheme that nobody routes", `{"uri":"s3://h.test/x"}`, "s3://h.test/x", answerNone},
		{"a host that no route can name", `{"uri":"https://h.test./x"}`, "", answerNone},
		{"a socket", `{"uri":"unix:/run/x.sock"}`, "", answerNone},
		{"a socket with an empty authority", `{"uri":"unix:///run/x.sock"}`, "", answerNone},
		{"a relative socket", `{"uri":"unix:x.sock"}`, "", answerNone},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fake := &fakeTokens{tokens: map[string]*providers.Token{}}
			if tt.want == answerT {
				fake.tokens[tt.asked] = bearer("T")
			}
			got, err := serveGet(t, tt.request, fake)
			if err != nil || got != tt.want {
				t.Errorf("got %q, %v; want %q", got, err, tt.want)
			}
			var want []string
			if tt.asked != "" {
				want = []string{tt.asked + " "}
			}
			if !slices.Equal(fake.asked, want) {
				t.Errorf("asked for %q, want %q", fake.asked, want)
			}
		})
	}
}

func TestGetReturnsTheErrorOfTheTokensOnOneLine(t *testing.T) {
	cause := &providers.Error{Kind: providers.ErrLoginRequired, Message: "not logged in\nto h.test"}
	_, err := serveGet(t, `{"uri":"https://h.test/x"}`, &fakeTokens{err: cause})
	if !errors.Is(err, providers.ErrLoginRequired) || err.Error() != "get: not logged in to h.test" {
		t.Errorf("got %q", err)
	}
}

// Bazel prints what a program without arguments says, so it must say how it is called.
func TestOtherOperationsAreWrongUsage(t *testing.T) {
	for _, operation := range []string{"", "store", "erase", "list", "GET", "--help", "a\x1b[31m\nb"} {
		var out bytes.Buffer
		err := Serve(t.Context(), operation, iotest.ErrReader(errors.New("was read")), &out, &fakeTokens{})
		code, message := protocols.ExitCode(err)
		if code != 2 || !strings.Contains(message, usage) || out.Len() > 0 || message != plain.Line(message) {
			t.Errorf("%q: got code %d, %q, %q", operation, code, message, out.String())
		}
	}
}

func TestGetReportsBrokenStreams(t *testing.T) {
	broken := errors.New("broken")
	fake := &fakeTokens{tokens: map[string]*providers.Token{"https://h.test/x": bearer("T")}}
	err := Serve(t.Context(), "get", iotest.ErrReader(broken), io.Discard, fake)
	if !errors.Is(err, broken) {
		t.Errorf("reading: got %v", err)
	}
	w := &writer{err: broken}
	err = Serve(t.Context(), "get", strings.NewReader(`{"uri":"https://h.test/x"}`), w, fake)
	if !errors.Is(err, broken) || w.writes != 1 {
		t.Errorf("writing: got %v after %d writes", err, w.writes)
	}
}

// writer fails, and counts.
type writer struct {
	err    error
	writes int
}

func (w *writer) Write(p []byte) (int, error) {
	w.writes++
	return 0, w.err
}

// Half an answer is worse than none: what arrives must arrive at once.
func TestGetAnswersInOneWrite(t *testing.T) {
	w := &writer{err: io.ErrClosedPipe}
	tokens := &fakeTokens{tokens: map[string]*providers.Token{"https://h.test/x": {
		Value: providers.NewSecret(strings.Repeat("T", 50_000)), Expires: time.Unix(2e9, 0)}}}
	_ = Serve(t.Context(), "get", strings.NewReader(`{"uri":"https://h.test/x"}`), w, tokens)
	if w.writes != 1 {
		t.Errorf("got %d writes", w.writes)
	}
}

func (everything) Token(context.Context, providers.URL, string) (protocols.Answer, error) {
	return protocols.Answer{Token: bearer("T")}, nil
}
