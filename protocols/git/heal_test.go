package git

import (
	"context"
	"strconv"
	"strings"
	"testing"

	"github.com/sesame-auth/sesame/protocols"
	"github.com/sesame-auth/sesame/providers"
)

const both = "capability[]=authtype\ncapability[]=state\n"

func stored(scheme string) protocols.Answer {
	return protocols.Answer{Origin: protocols.Stored, Fingerprint: "f1",
		Token: &providers.Token{Username: "u", Value: providers.NewSecret("T"), Scheme: scheme}}
}

// The answer does not announce "state" itself: git would then hand "continue" on to git-lfs, which never ends.
func TestGetHasGitAskAgainForATokenFromTheStore(t *testing.T) {
	const again = "state[]=sesame:f1\ncontinue=1\n"
	tests := []struct{ name, request, scheme, want string }{
		{"bearer", both + hostLines, "Bearer", "capability[]=authtype\nauthtype=Bearer\ncredential=T\n" + again},
		{"basic", both + hostLines, "Basic", "username=u\npassword=T\n" + again},
		{"git without authtype", "capability[]=state\n" + hostLines, "Bearer", "username=u\npassword=T\n" + again},
		{"announced last", hostLines + "capability[]=state\n", "Bearer", "username=u\npassword=T\n" + again},
		{"the state of another program", both + "state[]=other:f1\n" + hostLines, "Basic", "username=u\npassword=T\n" + again},
		{"a state that only begins as ours", both + "state[]=sesame\nstate[]=sesame:\n" + hostLines, "Basic", "username=u\npassword=T\n" + again},
		{"our state, withdrawn", both + "state[]=sesame:f0\nstate[]=\n" + hostLines, "Basic", "username=u\npassword=T\n" + again},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fake := only(stored(tt.scheme))
			if got, err := serve(t, "get", tt.request, fake); err != nil || got != tt.want {
				t.Errorf("got %q, %v; want %q", got, err, tt.want)
			}
			if asked := strings.Join(fake.asked, "|"); asked != " "+example {
				t.Errorf("asked for %q", asked)
			}
		})
	}
}

// Git asks without end while it is told to: there must be another token to be had, and a git
// that understands.
func TestGetLetsGitFailWhereAskingAgainIsOfNoUse(t *testing.T) {
	from := func(origin protocols.Origin, fingerprint string) protocols.Answer {
		a := stored("Basic")
		a.Origin, a.Fingerprint = origin, fingerprint
		return a
	}
	tests := []struct {
		name, request string
		answer        protocols.Answer
	}{
		{"just obtained", both, from(protocols.Minted, "f1")},
		{"from a provider that has no other", both, from(protocols.Passed, "f1")},
		{"kept", both, from(protocols.Kept, "f1")},
		{"without a name for it", both, from(protocols.Stored, "")},
		{"git does not know state", "capability[]=authtype\n", from(protocols.Stored, "f1")},
		{"git withdrew it", both + "capability[]=\n", from(protocols.Stored, "f1")},
		{"git sends a state all the same", "state[]=sesame:f0\n", from(protocols.Stored, "f1")},
		{"asked again, and from the store", both + "state[]=sesame:f0\n", from(protocols.Stored, "f1")},
		{"asked again, and the same", both + "state[]=sesame:f1\n", from(protocols.Stored, "f1")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := serve(t, "get", tt.request+hostLines, only(tt.answer))
			if err != nil || got != "username=u\npassword=T\n" {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}

func TestGetWithOurStateNamesTheRefusedToken(t *testing.T) {
	tests := []struct{ name, request, want string }{
		{"alone", both + "state[]=sesame:f1\n" + hostLines, "not f1:  " + example},
		{"after git wrote the rest", hostLines + "state[]=sesame:f1\n" + both, "not f1:  " + example},
		{"among others", both + "state[]=a:1\nstate[]=sesame:f1\nstate[]=z\n" + hostLines, "not f1:  " + example},
		{"two of ours: the last", both + "state[]=sesame:f1\nstate[]=sesame:f2\n" + hostLines, "not f2:  " + example},
		{"a colon in it", both + "state[]=sesame:v1:f1\n" + hostLines, "not v1:f1:  " + example},
		{"with the account that git was told", both + "state[]=sesame:f1\n" + hostLines + "username=u\n", "not f1: u " + example},
		{"with the account that stands for none", both + "state[]=sesame:f1\n" + hostLines + "username=__token__\n",
			"not f1:  " + example},
		{"with a path", both + "state[]=sesame:f1\n" + hostLines + "path=a\n", "not f1:  " + example + "/a"},
		{"without the capability it means nothing", "state[]=sesame:f1\n" + hostLines, " " + example},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fake := &fakeTokens{}
			got, err := serve(t, "get", tt.request, fake)
			if asked := strings.Join(fake.asked, "|"); err != nil || got != "" || asked != tt.want {
				t.Errorf("got %q, %v; asked for %q, want %q", got, err, asked, tt.want)
			}
		})
	}
}

// A store holds tokens, of which Token answers with the first that was not refused.
type fakeStore struct {
	protocols.Tokens
	tokens  []string // by their names
	refused []string
	endless bool // more are found for ever
}

func (s *fakeStore) Token(context.Context, providers.URL, string) (protocols.Answer, error) {
	if s.endless {
		s.tokens = append(s.tokens, "t"+strconv.Itoa(len(s.tokens)))
	}
	for i, name := range s.tokens {
		if strings.Contains(strings.Join(s.refused, " ")+" ", name+" ") {
			continue
		}
		a := protocols.Answer{Fingerprint: name, Token: &providers.Token{Value: providers.NewSecret(name)}}
		if i == 0 || s.endless {
			a.Origin = protocols.Stored
		}
		return a, nil
	}
	return protocols.Answer{}, providers.ErrNotFound
}

func (s *fakeStore) Renew(ctx context.Context, u providers.URL, username, fingerprint string) (protocols.Answer, error) {
	s.refused = append(s.refused, fingerprint)
	return s.Token(ctx, u, username)
}

func (s *fakeStore) Forget(_ context.Context, _ providers.URL, _ string, value providers.Secret) error {
	s.refused = append(s.refused, value.Reveal())
	return nil
}

// command does what git's remote-curl does for one command, of which accept is the server. It returns
// what it asked of the program, and whether the command succeeded.
func command(t *testing.T, capabilities string, tokens protocols.Tokens, accept func(token string) bool) (calls string, ok bool) {
	t.Helper()
	state := ""
	for range 100 {
		answer, err := serve(t, "get", capabilities+hostLines+state, tokens)
		r, parseErr := parsed([]byte(answer))
		if err != nil || parseErr != nil {
			t.Fatalf("%q: %v, %v", answer, err, parseErr)
		}
		calls += "get "
		_, _, secret := r.carried()
		switch {
		case secret == nil:
			return calls + "prompt", false
		case accept(*secret):
			return calls + "store", true
		case !strings.Contains(answer, "\ncontinue=1\n"):
			if _, err := serve(t, "erase", hostLines+"password="+*secret+"\n", tokens); err != nil {
				t.Fatal(err)
			}
			return calls + "erase", false
		}
		state = "state[]=" + statePrefix + r.state + "\n"
	}
	t.Fatal("git asks for ever")
	return "", false
}

func TestACommandSucceedsWithARevokedTokenInTheStore(t *testing.T) {
	is := func(name string) func(string) bool { return func(token string) bool { return token == name } }
	never := func(string) bool { return false }
	tests := []struct {
		name, capabilities string
		tokens             *fakeStore
		accept             func(string) bool
		calls, refused     string
	}{
		{"the stored one is good", both, &fakeStore{tokens: []string{"old"}}, is("old"), "get store", ""},
		{"it was revoked", both, &fakeStore{tokens: []string{"old", "new"}}, is("new"), "get get store", "old"},
		{"git without authtype", "capability[]=state\n", &fakeStore{tokens: []string{"old", "new"}}, is("new"), "get get store", "old"},
		{"git before 2.46", "", &fakeStore{tokens: []string{"old", "new"}}, is("new"), "get erase", "old"},
		{"the new one is refused as well", both, &fakeStore{tokens: []string{"old", "new"}}, never, "get get erase", "old new"},
		{"there is no other", both, &fakeStore{tokens: []string{"old"}}, never, "get get prompt", "old"},
		{"the core finds others without end", both, &fakeStore{endless: true}, never, "get get erase", "t0 t1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			calls, ok := command(t, tt.capabilities, tt.tokens, tt.accept)
			if refused := strings.Join(tt.tokens.refused, " "); calls != tt.calls || refused != tt.refused ||
				ok != strings.HasSuffix(calls, "store") {
				t.Errorf("calls %q, refused %q; want %q, %q", calls, refused, tt.calls, tt.refused)
			}
		})
	}
}

// The first get after a token died in the middle of a push has no state: git has
// stored the token by then.
func TestAPushSucceedsThatATokenDiesIn(t *testing.T) {
	tokens := &fakeStore{tokens: []string{"old", "new"}}
	alive := "old"
	accept := func(token string) bool { return token == alive }
	if calls, ok := command(t, both, tokens, accept); !ok {
		t.Fatalf("the first request: %q", calls)
	}
	alive = "new"
	if calls, ok := command(t, both, tokens, accept); !ok || calls != "get get store" {
		t.Errorf("the second: %q", calls)
	}
}
