package docker

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/sesame-auth/sesame/protocols"
	"github.com/sesame-auth/sesame/providers"
)

// answer is what the tools read of an answer.
type answer struct{ ServerURL, Username, Secret string }

var errNotFound = errors.New("not found")

// readAsTools reads what get printed as the strictest of docker, crane, oras, skopeo and docker-py does.
func readAsTools(out string, code int) (answer, error) {
	if code != 0 {
		if strings.TrimSpace(out) == "credentials not found in native keychain" {
			return answer{}, errNotFound
		}
		if strings.Count(out, "\n") != 1 || !strings.HasSuffix(out, "\n") {
			return answer{}, errors.New("a message that is not one line")
		}
		return answer{}, errors.New(out)
	}
	d := json.NewDecoder(strings.NewReader(out))
	d.DisallowUnknownFields()
	var a answer
	if err := d.Decode(&a); err != nil {
		return answer{}, err
	}
	if _, err := d.Token(); err != io.EOF {
		return answer{}, errors.New("text behind the object")
	}
	for _, name := range []string{`"ServerURL":`, `"Username":`, `"Secret":`} {
		if !strings.Contains(out, name) {
			return answer{}, errors.New("no " + name)
		}
	}
	if a.Username == "" || a.Secret == "" {
		return answer{}, errors.New("an empty username or secret")
	}
	return a, nil
}

func TestToolsReadWhatGetPrints(t *testing.T) {
	tests := []struct {
		name  string
		token providers.Token
		value string
		want  answer
	}{
		{"an account", providers.Token{Username: "tester"}, "s3cret", answer{"reg.example:5000", "tester", "s3cret"}},
		{"no account", providers.Token{Scheme: "Bearer"}, "s3cret", answer{"reg.example:5000", "__token__", "s3cret"}},
		{"an identity token", providers.Token{Username: "<token>"}, "s3cret", answer{"reg.example:5000", "<token>", "s3cret"}},
		{"quotes and backslashes", providers.Token{Username: `a"b\`}, `"\u0041`, answer{"reg.example:5000", `a"b\`, `"\u0041`}},
		{"control characters", providers.Token{Username: "a\nb"}, "\x00\n", answer{"reg.example:5000", "a\nb", "\x00\n"}},
		{"letters beyond ASCII", providers.Token{Username: "Zoë"}, "東京\u2028", answer{"reg.example:5000", "Zoë", "東京\u2028"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.token.Value = providers.NewSecret(tt.value)
			fake := &fakeTokens{tokens: map[string]*providers.Token{registry: &tt.token}}
			got, err := readAsTools(serve(t, "get", "reg.example:5000", fake))
			if err != nil || got != tt.want {
				t.Errorf("got %+v, %v; want %+v", got, err, tt.want)
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

// regclient asks for no registry that the list does not name, and docker build
// looks for Docker Hub under one name only.
func TestListNamesEachRegistryOnce(t *testing.T) {
	tests := []struct {
		name     string
		accounts []protocols.Account
		want     string
	}{
		{"none", nil, "{}\n"},
		{"one", []protocols.Account{{Host: "reg.example:5000", Username: "u"}}, `{"reg.example:5000":"u"}` + "\n"},
		{"no account", []protocols.Account{{Host: "a.example"}}, `{"a.example":"__token__"}` + "\n"},
		{"several, in their order", []protocols.Account{{Host: "b.example", Username: "u"}, {Host: "a.example", Username: "v"}},
			`{"b.example":"u","a.example":"v"}` + "\n"},
		{"one again", []protocols.Account{{Host: "a.example", Username: "u"}, {Host: "a.example", Username: "v"}},
			`{"a.example":"u"}` + "\n"},
		{"Docker Hub under its names", []protocols.Account{{Host: "docker.io", Username: "u"}, {Host: "index.docker.io", Username: "v"}},
			`{"https://index.docker.io/v1/":"v"}` + "\n"},
		{"an account with quotes", []protocols.Account{{Host: "a.example", Username: `"`}}, `{"a.example":"\""}` + "\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, code := serve(t, "list", "unused", &fakeTokens{accounts: tt.accounts})
			if got != tt.want || code != 0 {
				t.Errorf("got %q, %d; want %q", got, code, tt.want)
			}
			var names map[string]string
			if err := json.Unmarshal([]byte(got), &names); err != nil {
				t.Error(err)
			}
		})
	}
}

// What list names, get must find.
func TestGetFindsWhatListNames(t *testing.T) {
	fake := tester(registry, hubURL, "https://[::1]:5000")
	fake.accounts = []protocols.Account{{Host: "[::1]:5000"}, {Host: "index.docker.io"}, {Host: "reg.example:5000"}}
	out, _ := serve(t, "list", "", fake)
	var names map[string]string
	if err := json.Unmarshal([]byte(out), &names); err != nil || len(names) != 3 {
		t.Fatalf("%q: %v", out, err)
	}
	for name := range names {
		if _, err := readAsTools(serve(t, "get", name, fake)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
