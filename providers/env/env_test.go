package env

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/providerstest"
)

func parse(t *testing.T, text string) providers.URL {
	t.Helper()
	u, err := providers.ParseURL(text)
	if err != nil {
		t.Fatalf("ParseURL(%q): %v", text, err)
	}
	return u
}

func text(name, value string) providers.Option {
	return providers.Option{Name: name, Kind: providers.StringOption, Values: []string{value}}
}

func TestProviderConforms(t *testing.T) {
	providerstest.Run(t, func(t *testing.T) providerstest.Case {
		t.Setenv("SESAME_TOKEN_REGISTRY_EXAMPLE_COM", "s3cr3t-of-the-registry")
		return providerstest.Case{
			Provider: Provider{},
			Request:  providers.Request{URL: parse(t, "https://registry.example.com/v2/")},
			Unknown:  parse(t, "https://other.example.com/"),
			Options:  Profile().NewOptions(),
			Single:   true,
		}
	})
}

// A variable that two hosts share would hand one host's token to the other.
func TestHostNameIsOfOneHostOnly(t *testing.T) {
	tests := []struct {
		name, url, want string
	}{
		{"dots", "https://registry.example.com/", "REGISTRY_EXAMPLE_COM"},
		{"upper case in the URL", "https://Registry.Example.COM", "REGISTRY_EXAMPLE_COM"},
		{"default port", "https://registry.example.com:443", "REGISTRY_EXAMPLE_COM"},
		{"port", "http://localhost:8080", "LOCALHOST_8080"},
		{"hyphen", "https://a-b.example", "A__B_EXAMPLE"},
		{"dot where the hyphen was", "https://a.b.example", "A_B_EXAMPLE"},
		{"two hyphens", "https://a--b.example", "A____B_EXAMPLE"},
		{"IPv4", "https://10.0.0.1:8443", "10_0_0_1_8443"},
		{"IPv6", "https://[::1]:8443", ""},
		{"no host", "https:///path", ""},
	}
	seen := map[string]string{}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			u := parse(t, test.url)
			got := hostName(u)
			if got != test.want {
				t.Errorf("hostName(%s) = %q, want %q", test.url, got, test.want)
			}
			if other, taken := seen[got]; got != "" && taken && other != u.Authority() {
				t.Errorf("%s and %s share the name %q", other, u.Authority(), got)
			}
			seen[got] = u.Authority()
		})
	}
}

func FuzzHostNameIsOfOneHostOnly(f *testing.F) {
	f.Add("https://a-b.c", "https://a.b.c")
	f.Add("https://a--b:1", "https://a-b:1")
	f.Add("http://localhost:8080", "https://localhost:8080")
	f.Add("https://1.2.3.4:5", "https://1.2.3.4.5x")
	f.Fuzz(func(t *testing.T, a, b string) {
		u, errA := providers.ParseURL(a)
		v, errB := providers.ParseURL(b)
		if errA != nil || errB != nil || hostName(u) == "" {
			return
		}
		if hostName(u) == hostName(v) && u.Authority() != v.Authority() {
			t.Errorf("%s and %s share the name %s", u.Authority(), v.Authority(), hostName(u))
		}
	})
}

func TestTokenFollowsTheEnvironment(t *testing.T) {
	const host = "https://registry.example.com/"
	tests := []struct {
		name     string
		set      map[string]string
		url      string
		username string
		options  providers.Options
		want     providers.Token
		value    string
		err      error
		mention  string
	}{
		{
			name: "token alone is Bearer", url: host,
			set:  map[string]string{"SESAME_TOKEN_REGISTRY_EXAMPLE_COM": "t1"},
			want: providers.Token{Scheme: "Bearer"}, value: "t1",
		},
		{
			name: "with a username it is Basic", url: host,
			set:  map[string]string{"SESAME_TOKEN_REGISTRY_EXAMPLE_COM": "t1", "SESAME_USERNAME_REGISTRY_EXAMPLE_COM": "ann"},
			want: providers.Token{Scheme: "Basic", Username: "ann"}, value: "t1",
		},
		{
			name: "the route's username makes it Basic too", url: host, username: "ann",
			set:  map[string]string{"SESAME_TOKEN_REGISTRY_EXAMPLE_COM": "t1"},
			want: providers.Token{Scheme: "Basic", Username: "ann"}, value: "t1",
		},
		{
			name: "another account gets nothing", url: host, username: "bob",
			set: map[string]string{"SESAME_TOKEN_REGISTRY_EXAMPLE_COM": "t1", "SESAME_USERNAME_REGISTRY_EXAMPLE_COM": "ann"},
			err: providers.ErrNotFound, mention: "SESAME_USERNAME_REGISTRY_EXAMPLE_COM",
		},
		{
			name: "white space around the token is dropped", url: host,
			set:  map[string]string{"SESAME_TOKEN_REGISTRY_EXAMPLE_COM": " t1\r\n"},
			want: providers.Token{Scheme: "Bearer"}, value: "t1",
		},
		{
			name: "unset", url: host,
			err: providers.ErrNotFound, mention: "SESAME_TOKEN_REGISTRY_EXAMPLE_COM is not set",
		},
		{
			name: "empty counts as unset", url: host,
			set: map[string]string{"SESAME_TOKEN_REGISTRY_EXAMPLE_COM": ""},
			err: providers.ErrNotFound, mention: "SESAME_TOKEN_REGISTRY_EXAMPLE_COM is not set",
		},
		{
			name: "another port is another host", url: "https://registry.example.com:8443/",
			set: map[string]string{"SESAME_TOKEN_REGISTRY_EXAMPLE_COM": "t1"},
			err: providers.ErrNotFound, mention: "SESAME_TOKEN_REGISTRY_EXAMPLE_COM_8443 is not set",
		},
		{
			name: "options name other variables", url: host,
			set:     map[string]string{"CI_TOKEN": "t2", "CI_USER": "ci"},
			options: providers.Options{text("token_variable", "CI_TOKEN"), text("username_variable", "CI_USER")},
			want:    providers.Token{Scheme: "Basic", Username: "ci"}, value: "t2",
		},
		{
			name: "an option is not joined by the host's variable", url: host,
			set:     map[string]string{"SESAME_TOKEN_REGISTRY_EXAMPLE_COM": "t1"},
			options: providers.Options{text("token_variable", "CI_TOKEN")},
			err:     providers.ErrNotFound, mention: "CI_TOKEN is not set",
		},
		{
			name: "IPv6 has no variable", url: "https://[2001:db8::1]/",
			err: providers.ErrNotFound, mention: "token_variable",
		},
		{
			name: "IPv6 with an option", url: "https://[2001:db8::1]/",
			set:     map[string]string{"CI_TOKEN": "t2"},
			options: providers.Options{text("token_variable", "CI_TOKEN")},
			want:    providers.Token{Scheme: "Bearer"}, value: "t2",
		},
		{
			name: "unknown option", url: host, options: providers.Options{text("tokn", "x")},
			err: providers.ErrLoginRequired, mention: "known are token_variable, username_variable",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for name, value := range test.set {
				t.Setenv(name, value)
			}
			got, err := Provider{}.Token(t.Context(), providers.Request{
				URL: parse(t, test.url), Username: test.username, Options: test.options,
			})
			if !errors.Is(err, test.err) {
				t.Fatalf("error %v, want %v", err, test.err)
			}
			if err != nil {
				if !strings.Contains(err.Error(), test.mention) {
					t.Errorf("error %q does not mention %q", err, test.mention)
				}
				return
			}
			if got.Value.Reveal() != test.value || got.Scheme != test.want.Scheme || got.Username != test.want.Username {
				t.Errorf("got %s %s:%s, want %s %s:%s", got.Scheme, got.Username, got.Value.Reveal(),
					test.want.Scheme, test.want.Username, test.value)
			}
		})
	}
}

// Without a route, a token must not go to a server that anybody on the way can play.
func TestServesWithoutARoute(t *testing.T) {
	set := map[string]string{
		"SESAME_TOKEN_REGISTRY_EXAMPLE_COM": "t1", "SESAME_TOKEN_LOCALHOST_8080": "t2",
		"SESAME_TOKEN_EMPTY_EXAMPLE": " ",
	}
	tests := []struct {
		name, url string
		want      bool
	}{
		{"https with its variable", "https://registry.example.com/x", true},
		{"https without", "https://other.example.com/", false},
		{"blank variable", "https://empty.example/", false},
		{"http", "http://registry.example.com/", false},
		{"http on this machine", "http://localhost:8080/", true},
		{"other scheme on this machine", "ftp://localhost:8080/", false},
		{"other port", "https://registry.example.com:8443/", false},
		{"no host", "https:///", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			getenv := func(name string) string { return set[name] }
			if got := Profile().Serves(parse(t, test.url), getenv); got != test.want {
				t.Errorf("Serves(%s) = %v, want %v", test.url, got, test.want)
			}
		})
	}
}

// A variable that is not listed is not part of the key, and a changed token
// would meet the store of the old one.
func TestVariablesAreTheOnesThatTokenReads(t *testing.T) {
	tests := []struct {
		name, url string
		options   providers.Options
		want      []string
	}{
		{"host", "https://a-b.example:1", nil, []string{"SESAME_TOKEN_A__B_EXAMPLE_1", "SESAME_USERNAME_A__B_EXAMPLE_1"}},
		{"option", "https://a.example", providers.Options{text("token_variable", "CI")}, []string{"CI", "SESAME_USERNAME_A_EXAMPLE"}},
		{"IPv6", "https://[::1]", nil, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := Profile().Variables(parse(t, test.url), test.options); !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
