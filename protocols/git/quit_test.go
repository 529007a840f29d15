package git

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/sesame-auth/sesame/protocols"
	"github.com/sesame-auth/sesame/providers"
)

// A person must not be asked for a password that only the provider can have, and the exit code
// must not have a tool miss that: cargo and gitoxide ignore what a program printed that failed.
func TestGetHasGitGiveUpWhereNobodyElseHasAToken(t *testing.T) {
	failed := &providers.Error{Kind: providers.ErrLoginRequired, Message: "nobody is logged in"}
	wrong := protocols.Answer{Token: &providers.Token{Username: "me"}, Exclusive: true}
	right := stored("Basic")
	right.Exclusive = true
	tests := []struct {
		name, request string
		tokens        *fakeTokens
		want          string
		code          int
		message       string
	}{
		{"nothing here", "", &fakeTokens{exclusive: true}, "quit=1\n", 0, ""},
		{"an error", "", &fakeTokens{exclusive: true, err: failed}, "quit=1\n", 0, "warning: get: nobody is logged in"},
		{"nothing, asked again", both + "state[]=sesame:f1\n", &fakeTokens{exclusive: true}, "quit=1\n", 0, ""},
		{"an error, asked again", both + "state[]=sesame:f1\n", &fakeTokens{exclusive: true, err: failed}, "quit=1\n", 0,
			"warning: get: nobody is logged in"},
		{"another account than git's", "username=__token__\n", only(wrong), "quit=1\n", 0, ""},
		{"a token that cannot be told", "", only(wrong), "quit=1\n", 0,
			"warning: get: https://git.example.com: the token is empty or not printable ASCII"},
		{"a token", "", only(right), "username=u\npassword=T\n", 0, ""},
		{"nothing, and others may have it", "", &fakeTokens{}, "", 0, ""},
		{"an error, and others may have it", "", &fakeTokens{err: failed}, "", 1, "get: nobody is logged in"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := serve(t, "get", tt.request+hostLines, tt.tokens)
			code, message := protocols.ExitCode(err)
			if got != tt.want || code != tt.code || message != tt.message {
				t.Errorf("got %q, exit code %d, %q; want %q, %d, %q", got, code, message, tt.want, tt.code, tt.message)
			}
			if tt.tokens.err != nil && !errors.Is(err, providers.ErrLoginRequired) {
				t.Errorf("%v does not match its cause", err)
			}
		})
	}
}

// A request that names no host has no route that could be the only authority.
func TestGetNeverHasGitGiveUpWithoutARoute(t *testing.T) {
	for _, request := range []string{"", "protocol=https\n", "protocol=https\nhost=\n", "host=git.example.com\n", "x\n", hostLines + "host=x\n"} {
		fake := &fakeTokens{exclusive: true}
		if got, _ := serve(t, "get", request, fake); got != "" || len(fake.asked) > 0 {
			t.Errorf("%q: got %q, asked for %q", request, got, fake.asked)
		}
	}
}

// Nobody was told to give up, so the exit code must say that something failed.
func TestGivingUpThatCannotBeWrittenIsAnError(t *testing.T) {
	broken := errors.New("broken")
	fake := &fakeTokens{exclusive: true, err: providers.ErrUnavailable}
	err := Serve(t.Context(), "get", strings.NewReader(hostLines), &writer{err: broken}, fake)
	if code, _ := protocols.ExitCode(err); code != 1 || !errors.Is(err, broken) {
		t.Errorf("got exit code %d, %v", code, err)
	}
	if err := Serve(t.Context(), "get", strings.NewReader(hostLines), io.Discard, fake); err == nil {
		t.Error("the cause is not told")
	}
}
