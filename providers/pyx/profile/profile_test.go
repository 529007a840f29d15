package profile

import (
	"strings"
	"testing"

	"github.com/sesame-auth/sesame/providers"
)

// environment answers for the variables that a test sets.
type environment map[string]string

func (e environment) getenv(name string) string { return e[name] }

func read(t *testing.T, e environment) Settings {
	t.Helper()
	s, err := Read(e.getenv)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Two spellings of one API must be one directory, and a spelling that uv may read
// otherwise must be none.
func TestReadMakesTheAPICanonical(t *testing.T) {
	tests := []struct {
		name, url, want string // want "": refused
	}{
		{"default", "", "https://api.pyx.dev/"},
		{"no path", "https://api.pyx.dev", "https://api.pyx.dev/"},
		{"case and default port", "HTTPS://API.pyx.dev:443/", "https://api.pyx.dev/"},
		{"port", "http://localhost:8000", "http://localhost:8000/"},
		{"IPv6", "http://[0:0::1]:8000", "http://[::1]:8000/"},
		{"path", "https://api.pyx.dev/v1", "https://api.pyx.dev/v1"},
		{"trailing slash", "https://api.pyx.dev/v1/", "https://api.pyx.dev/v1"},
		{"git suffix", "https://api.pyx.dev/v1/a.Git", "https://api.pyx.dev/v1/a"},
		{"git suffix and slash", "https://api.pyx.dev/a.git/", "https://api.pyx.dev/a"},
		{"nothing but a git suffix", "https://api.pyx.dev/.git", "https://api.pyx.dev/.git"},
		{"http elsewhere", "http://api.pyx.dev", ""},
		{"other scheme", "ftp://localhost", ""},
		{"user", "https://ann@api.pyx.dev", ""},
		{"query", "https://api.pyx.dev/?a=b", ""},
		{"fragment", "https://api.pyx.dev/#a", ""},
		{"dot segment", "https://api.pyx.dev/a/../b", ""},
		{"empty segment", "https://api.pyx.dev/a//b", ""},
		{"two slashes", "https://api.pyx.dev//", ""},
		{"escape", "https://api.pyx.dev/%41", ""},
		{"revision", "https://api.pyx.dev/a.git@1", ""},
		{"no host", "https:///a", ""},
		{"no URL", "api.pyx.dev", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, err := Read(environment{"PYX_API_URL": test.url}.getenv)
			switch {
			case test.want == "" && (err == nil || !strings.HasPrefix(err.Error(), "PYX_API_URL: ")):
				t.Errorf("error %v, want one that names PYX_API_URL", err)
			case test.want != "" && err != nil:
				t.Errorf("error %v, want %s", err, test.want)
			case test.want != "" && s.digest != Digest(test.want):
				t.Errorf("the digest is not the one of %s", test.want)
			}
		})
	}
}

// Whoever runs a server that is served by mistake gets the token.
func TestServesIsStrict(t *testing.T) {
	local := environment{"PYX_API_URL": "http://localhost:8000"}
	other := environment{"PYX_API_URL": "https://pyx.example.test", "PYX_CDN_DOMAIN": "Files.Example.test"}
	tests := []struct {
		name string
		set  environment
		url  string
		want bool
	}{
		{"API", nil, "https://api.pyx.dev/simple/", true},
		{"API with its port", nil, "https://API.pyx.dev:443/", true},
		{"API on another port", nil, "https://api.pyx.dev:8443/", false},
		{"API over http", nil, "http://api.pyx.dev/", false},
		{"API over grpcs", nil, "grpcs://api.pyx.dev/", false},
		{"parent domain", nil, "https://pyx.dev/", false},
		{"top-level domain", nil, "https://dev/", false},
		{"below the API", nil, "https://foo.api.pyx.dev/", false},
		{"beside the API", nil, "https://beta.pyx.dev/", false},
		{"trailing dot", nil, "https://api.pyx.dev./", false},
		{"CDN", nil, "https://astralhosted.com/f", true},
		{"below the CDN", nil, "https://files.astralhosted.com/f", true},
		{"CDN over http", nil, "http://files.astralhosted.com/f", false},
		{"CDN on another port", nil, "https://files.astralhosted.com:8443/f", false},
		{"ends like the CDN", nil, "https://badastralhosted.com/", false},
		{"begins like the CDN", nil, "https://astralhosted.com.evil.example/", false},
		{"another server", nil, "https://pypi.org/", false},
		{"no host", nil, "https:///", false},
		{"local API", local, "http://localhost:8000/x", true},
		{"local API by https", local, "https://localhost:8000/x", false},
		{"local API on another port", local, "http://localhost:8001/x", false},
		{"local API by its address", local, "http://127.0.0.1:8000/x", false},
		{"the default API while there is another", local, "https://api.pyx.dev/", false},
		{"other API", other, "https://pyx.example.test/", true},
		{"other CDN", other, "https://a.files.example.test/", true},
		{"default CDN while there is another", other, "https://astralhosted.com/", false},
		{"no API that can be used", environment{"PYX_API_URL": "http://a.example"}, "http://a.example/", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			u, err := providers.ParseURL(test.url)
			if err != nil {
				t.Fatal(err)
			}
			if got := Profile().Serves(u, test.set.getenv); got != test.want {
				t.Errorf("Serves(%s) = %v, want %v", test.url, got, test.want)
			}
		})
	}
}

// An address ends with no domain, whatever its digits look like.
func TestCDNIsADomainOfTwoLabelsOrMore(t *testing.T) {
	for _, text := range []string{"com", "localhost", "127.0.0.1", "[::1]", "a.com:443", "a.com/", "https://a.com", "*.a.com", "a.com."} {
		if _, err := Read(environment{"PYX_CDN_DOMAIN": text}.getenv); err == nil {
			t.Errorf("PYX_CDN_DOMAIN %q is accepted", text)
		}
	}
}

func TestReadTakesTheOlderVariableLast(t *testing.T) {
	tests := []struct {
		name                 string
		set                  environment
		key, keyVariable     string
		token, tokenVariable string
	}{
		{"none", nil, "", "", "", ""},
		{"both", environment{"PYX_API_KEY": "k1", "UV_API_KEY": "k2", "PYX_AUTH_TOKEN": "t1", "UV_AUTH_TOKEN": "t2"},
			"k1", "PYX_API_KEY", "t1", "PYX_AUTH_TOKEN"},
		{"older", environment{"UV_API_KEY": "k2", "UV_AUTH_TOKEN": "t2"}, "k2", "UV_API_KEY", "t2", "UV_AUTH_TOKEN"},
		{"empty counts as unset", environment{"PYX_API_KEY": "", "UV_API_KEY": "k2", "PYX_AUTH_TOKEN": ""},
			"k2", "UV_API_KEY", "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := read(t, test.set)
			if s.Key.Reveal() != test.key || s.KeyVariable != test.keyVariable ||
				s.Token.Reveal() != test.token || s.TokenVariable != test.tokenVariable {
				t.Errorf("got %s %s %s %s", s.Key.Reveal(), s.KeyVariable, s.Token.Reveal(), s.TokenVariable)
			}
		})
	}
}

// Text of any kind makes an error or a URL, never a panic, and one that is accepted
// stays the same when it is read again.
func FuzzCanonicalAPI(f *testing.F) {
	for _, text := range []string{"https://api.pyx.dev", "http://[::1]:8000/a.git/", "https://a.b/c/../d", "://", "https://a?b#c", "https://u@a/.git"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		once, err := canonicalAPI(text)
		if err != nil {
			return
		}
		if strings.HasSuffix(once, ".git") {
			return // uv cuts off one suffix only
		}
		if twice, err := canonicalAPI(once); err != nil || twice != once {
			t.Errorf("%q becomes %q, and then %q, %v", text, once, twice, err)
		}
	})
}
