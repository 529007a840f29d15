package git

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/protocols"
	"github.com/sesame-auth/sesame/providers"
)

// fakeTokens answers for the URLs of its map, and records what it was asked.
type fakeTokens struct {
	protocols.Tokens
	answers   map[string]protocols.Answer
	exclusive bool  // its routes are, where it has no answer
	err       error // where it has no answer, and for Keep and Forget
	asked     []string
	kept      []providers.Token
	keptFor   []string
	forgotten []string
}

func (f *fakeTokens) Token(_ context.Context, u providers.URL, username string) (protocols.Answer, error) {
	return f.answer(u, username+" "+u.String())
}

func (f *fakeTokens) Renew(_ context.Context, u providers.URL, username, fingerprint string) (protocols.Answer, error) {
	return f.answer(u, "not "+fingerprint+": "+username+" "+u.String())
}

func (f *fakeTokens) answer(u providers.URL, asked string) (protocols.Answer, error) {
	f.asked = append(f.asked, asked)
	if a, ok := f.answers[u.String()]; ok {
		return a, nil
	}
	if f.err != nil {
		return protocols.Answer{Exclusive: f.exclusive}, f.err
	}
	return protocols.Answer{Exclusive: f.exclusive}, providers.ErrNotFound
}

func (f *fakeTokens) Keep(_ context.Context, u providers.URL, name string, t *providers.Token) error {
	f.kept, f.keptFor = append(f.kept, *t), append(f.keptFor, name+u.String())
	return f.err
}

func (f *fakeTokens) Forget(_ context.Context, u providers.URL, username string, value providers.Secret) error {
	f.forgotten = append(f.forgotten, username+" "+u.String()+" "+value.Reveal())
	return f.err
}

// serve runs an operation and returns what came out.
func serve(t *testing.T, operation, request string, tokens protocols.Tokens) (string, error) {
	t.Helper()
	var out bytes.Buffer
	err := Serve(t.Context(), operation, strings.NewReader(request), &out, tokens)
	if code, _ := protocols.ExitCode(err); code != 0 && out.Len() > 0 {
		t.Errorf("exit code %d, for which some tools ignore an answer, and an answer: %q", code, out.String())
	}
	return out.String(), err
}

const (
	example = "https://git.example.com"
	// hostLines are a request for it.
	hostLines = "protocol=https\nhost=git.example.com\n"
)

func examples() map[string]protocols.Answer {
	token := protocols.Answer{Token: &providers.Token{Username: "u", Value: providers.NewSecret("T"),
		Scheme: providers.Bearer, Expires: time.Unix(2000000000, 999999999)}}
	return map[string]protocols.Answer{
		example: token, example + "/a": token, example + "/org/repo.git": token,
		example + ":8443": token, "http://127.0.0.1:8080": token, "https://[::1]:9": token,
	}
}

// only is what answers for the example alone.
func only(a protocols.Answer) *fakeTokens {
	return &fakeTokens{answers: map[string]protocols.Answer{example: a}}
}
