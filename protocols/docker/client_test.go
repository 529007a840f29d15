package docker

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/docker/docker-credential-helpers/client"
	"github.com/docker/docker-credential-helpers/credentials"

	"github.com/sesame-auth/sesame/protocols"
	"github.com/sesame-auth/sesame/providers"
)

// runs starts Serve where docker's own client would start a program.
type runs struct {
	t      *testing.T
	tokens protocols.Tokens
	out    string // of the last run
	code   int
}

func (r *runs) program(arguments ...string) client.Program {
	return &process{runs: r, operation: strings.Join(arguments, " ")}
}

type process struct {
	*runs
	operation string
	in        io.Reader
}

func (p *process) Input(in io.Reader) { p.in = in }

func (p *process) Output() ([]byte, error) {
	var out bytes.Buffer
	err := Serve(p.t.Context(), p.operation, p.in, &out, p.tokens)
	code, message := protocols.ExitCode(err)
	if message != "" {
		p.t.Errorf("%s: %q for stderr", p.operation, message)
	}
	p.runs.out, p.runs.code = out.String(), code
	if code != 0 {
		err = errors.New("exit status " + strconv.Itoa(code))
	}
	return out.Bytes(), err
}

// get asks as docker, crane and skopeo do, and then reads the answer as strictly as oras and docker-py.
func (r *runs) get(serverURL string) (*credentials.Credentials, error) {
	found, err := client.Get(r.program, serverURL)
	if err != nil {
		return nil, err
	}
	d := json.NewDecoder(strings.NewReader(r.out))
	d.DisallowUnknownFields()
	if err := d.Decode(new(credentials.Credentials)); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("text behind the object")
	}
	for _, name := range []string{`"ServerURL":`, `"Username":`, `"Secret":`} {
		if !strings.Contains(r.out, name) {
			return nil, errors.New("no " + name)
		}
	}
	if found.Username == "" || found.Secret == "" {
		return nil, errors.New("an empty username or secret")
	}
	return found, nil
}

func TestToolsReadWhatGetPrints(t *testing.T) {
	tests := []struct {
		name            string
		token           providers.Token
		value, username string
	}{
		{"an account", providers.Token{Username: "tester"}, "s3cret", "tester"},
		{"no account", providers.Token{Scheme: "Bearer"}, "s3cret", "__token__"},
		{"an identity token", providers.Token{Username: "<token>"}, "s3cret", "<token>"},
		{"quotes and backslashes", providers.Token{Username: `a"b\`}, `"\u0041`, `a"b\`},
		{"control characters", providers.Token{Username: "a\nb"}, "\x00\n", "a\nb"},
		{"letters beyond ASCII", providers.Token{Username: "Zoë"}, "東京\u2028", "Zoë"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.token.Value = providers.NewSecret(tt.value)
			run := &runs{t: t, tokens: &fakeTokens{tokens: map[string]*providers.Token{registry: &tt.token}}}
			got, err := run.get("reg.example:5000")
			want := credentials.Credentials{ServerURL: "reg.example:5000", Username: tt.username, Secret: tt.value}
			if err != nil || *got != want {
				t.Errorf("got %+v, %v; want %+v", got, err, want)
			}
		})
	}
}

// Of an empty or mangled secret the tools make an anonymous request, or an error of
// their own that names neither host nor reason.
func TestGetRefusesATokenThatItCannotCarry(t *testing.T) {
	for name, token := range map[string]*providers.Token{
		"no token":                {Username: "u"},
		"not UTF-8":               {Value: providers.NewSecret("\xff")},
		"an account not in UTF-8": {Value: providers.NewSecret("T"), Username: "\xff"},
	} {
		fake := &fakeTokens{tokens: map[string]*providers.Token{registry: token}}
		got, code := serve(t, "get", "reg.example:5000", fake)
		want := "docker-credential-sesame: get: " + registry + ": the token is empty or not UTF-8\n"
		if got != want || code != 1 {
			t.Errorf("%s: got %q, %d", name, got, code)
		}
	}
}

// docker goes on without an account only where its own client takes the text for "not found".
func TestTheClientKnowsTheThreeReplies(t *testing.T) {
	run := &runs{t: t, tokens: &keeper{}}
	if _, err := client.Get(run.program, "reg.example:5000"); !credentials.IsErrCredentialsNotFound(err) {
		t.Errorf("not found: got %v", err)
	}
	tests := []struct {
		name, out string
		err       error
		known     func(string) bool
	}{
		{"get without a registry", "error getting", firstOf(client.Get(run.program, " ")), credentials.IsCredentialsMissingServerURLMessage},
		{"erase without a registry", "error erasing", client.Erase(run.program, ""), credentials.IsCredentialsMissingServerURLMessage},
		{"store without a registry", "error storing", client.Store(run.program, &credentials.Credentials{Username: "u"}),
			credentials.IsCredentialsMissingServerURLMessage},
		{"store without a username", "error storing", client.Store(run.program, &credentials.Credentials{ServerURL: "h"}),
			credentials.IsCredentialsMissingUsernameMessage},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.err == nil {
				t.Fatal("no error")
			}
			_, text, _ := strings.Cut(tt.err.Error(), "err: ")
			text, _, _ = strings.Cut(text, ", out:")
			if !strings.HasPrefix(tt.err.Error(), tt.out) || !tt.known(text) {
				t.Errorf("got %v", tt.err)
			}
		})
	}
}

func firstOf(_ *credentials.Credentials, err error) error { return err }
