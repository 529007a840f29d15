package routes

import (
	"slices"
	"strings"
	"testing"

	"github.com/sesame-auth/sesame/providers"
)

func mustPattern(t testing.TB, text string) Pattern {
	t.Helper()
	p, err := ParsePattern(text)
	if err != nil {
		t.Fatalf("ParsePattern(%q): %v", text, err)
	}
	return p
}

func mustURL(t testing.TB, text string) providers.URL {
	t.Helper()
	u, err := providers.ParseURL(text)
	if err != nil {
		t.Fatalf("ParseURL(%q): %v", text, err)
	}
	return u
}

// A pattern that is not canonical would miss the URLs it was written for.
func TestParsePatternIsCanonical(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"as it is", "https://example.com", "https://example.com"},
		{"no scheme", "example.com", "https://example.com"},
		{"no scheme, path", "example.com/team/x", "https://example.com/team/x"},
		{"capitals", "HTTPS://Example.COM/Team", "https://example.com/Team"},
		{"default port", "https://example.com:443/x", "https://example.com/x"},
		{"default port of http", "http://localhost:80", "http://localhost"},
		{"other port", "example.com:8443", "https://example.com:8443"},
		{"the other scheme's port", "http://example.com:443", "http://example.com:443"},
		{"wildcard", "*.Example.com:8443/x", "https://*.example.com:8443/x"},
		{"every host", "*", "https://*"},
		{"every host by another scheme", "SMTP://*", "smtp://*"},
		{"IPv4", "10.0.0.1", "https://10.0.0.1"},
		{"IPv6", "https://[2001:DB8:0::1]:444/x", "https://[2001:db8::1]:444/x"},
		{"dots within a segment", "example.com/a.b/..c/d.", "https://example.com/a.b/..c/d."},
		{"encoded space", "example.com/a%20b", "https://example.com/a%20b"},
		{"at sign in the path", "example.com/@scope", "https://example.com/@scope"},
		{"other scheme", "grpcs://example.com", "grpcs://example.com"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := mustPattern(t, test.text)
			if got := p.String(); got != test.want {
				t.Errorf("ParsePattern(%q) is %s, want %s", test.text, got, test.want)
			}
			if again := mustPattern(t, p.String()); again != p {
				t.Errorf("ParsePattern(%s) is %+v, want %+v", p, again, p)
			}
		})
	}
}

// What is not understood must not become a pattern for something else.
func TestParsePatternRefuses(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       error
	}{
		{"nothing", "", errPattern},
		{"no host", "https:///x", errPattern},
		{"no scheme before the colon", "://example.com", errPattern},
		{"every host with a path", "https://*/x", errEvery},
		{"every host with a slash", "*/", errEvery},
		{"every host without a scheme's name", "ht tp://*", errPattern},
		{"every host on a port", "*:8443", errEvery},
		{"two stars", "*.*.example.com", errWildcard},
		{"star inside", "a.*.example.com", errWildcard},
		{"part of a label", "a*.example.com", errWildcard},
		{"star without dot", "*example.com", errWildcard},
		{"star before an address", "*.10.0.0.1", errWildcard},
		{"star before IPv6", "*.[::1]", errWildcard},
		{"star and no name", "*.", errPattern},
		{"user", "https://me@example.com", errUserinfo},
		{"user and password", "https://me:hunter2@example.com/x", errUserinfo},
		{"ssh address", "git@example.com:team/x", errUserinfo},
		{"query", "example.com/x?y=1", errQuery},
		{"fragment", "example.com#x", errQuery},
		{"slash at the end", "example.com/", errSlash},
		{"slash at the end of a path", "example.com/x/", errSlash},
		{"empty segment", "example.com/a//b", errPath},
		{"empty segment at the end", "example.com/a//", errPath},
		{"only an empty segment", "example.com//", errPath},
		{"dot", "example.com/a/./b", errPath},
		{"dots", "example.com/a/..", errPath},
		{"encoded slash", "example.com/a%2Fb", errPath},
		{"encoded dot", "example.com/%2e%2E/b", errPath},
		{"encoded backslash", "example.com/a%5cb", errPath},
		{"backslash", `example.com/a\b`, errPattern},
		{"white space", "example.com /x", errPattern},
		{"control character", "example.com/\x1b[2J", errPattern},
		{"trailing dot", "example.com.", errPattern},
		{"underscore", "a_b.example.com", errPattern},
		{"not ASCII", "exämple.com", errPattern},
		{"odd IPv4", "0x7f.1", errPattern},
		{"port 0", "example.com:0", errPattern},
		{"empty port", "example.com:", errPattern},
		{"port with a leading zero", "example.com:0443", errPattern},
		{"IPv6 zone", "[fe80::1%25eth0]", errPattern},
	} {
		t.Run(test.name, func(t *testing.T) {
			if p, err := ParsePattern(test.text); err != test.want {
				t.Errorf("ParsePattern(%q) is %+v, %v; want %v", test.text, p, err, test.want)
			}
		})
	}
}

// A token that goes to a neighbour of the host or path it is for is the accident
// that this whole program must not have.
func TestMatchesOnlyTheHostAndPathItNames(t *testing.T) {
	for _, test := range []struct {
		pattern, url string
		want         bool
	}{
		{"example.com", "https://example.com", true},
		{"example.com", "https://EXAMPLE.com:443/a?b#c", true},
		{"example.com", "https://u:p@example.com/", true},
		{"example.com", "http://example.com", false},
		{"example.com", "https://example.com:8443", false},
		{"example.com", "https://a.example.com", false},
		{"example.com", "https://example.com.evil.org", false},
		{"example.com", "https://notexample.com", false},
		{"example.com", "https://com", false},
		{"example.com", "https://example.com@evil.org", false},
		{"example.com", "https://exämple.com", false},
		{"example.com:8443", "https://example.com:8443/x", true},
		{"example.com:8443", "https://example.com/x", false},
		{"*.example.com", "https://a.example.com", true},
		{"*.example.com", "https://a.b.example.com", true},
		{"*.example.com", "https://example.com", false},
		{"*.example.com", "https://aexample.com", false},
		{"*.example.com", "https://a.example.com.evil.org", false},
		{"*.example.com", "https://a.example.com:8443", false},
		{"*", "https://example.com/x", true},
		{"*", "https://a.example.com:8443", true},
		{"*", "https://[::1]:444", true},
		{"*", "http://127.0.0.1:5000/x", true},
		{"*", "http://localhost", true},
		{"*", "http://example.com", false},
		{"*", "smtp://example.com", false},
		{"*", "https://exämple.com", false},
		{"http://*", "http://example.com", true},
		{"http://*", "https://example.com", false},
		{"10.0.0.1", "https://10.0.0.1/x", true},
		{"10.0.0.1", "https://010.0.0.1/x", false},
		{"[::1]", "https://[0:0::1]", true},
		{"example.com/team", "https://example.com/team", true},
		{"example.com/team", "https://example.com/team/", true},
		{"example.com/team", "https://example.com/team/x", true},
		{"example.com/team", "https://example.com/team?x", true},
		{"example.com/team", "https://example.com/teams", false},
		{"example.com/team", "https://example.com/Team", false},
		{"example.com/team", "https://example.com/%74eam", false},
		{"example.com/team", "https://example.com", false},
		{"example.com/team", "https://example.com/", false},
		{"example.com/team", "https://example.com/x/team", false},
		{"example.com/team", "https://example.com/team/../x", false},
		{"example.com/team", "https://example.com/team/./x", false},
		{"example.com/team", "https://example.com//team", false},
		{"example.com/team", "https://example.com/team//", false},
		{"example.com/team", "https://example.com/team/x%2fy", false},
		{"example.com/team", "https://example.com/team/%2E%2e/x", false},
		{"example.com/team", "https://example.com/team/%5C..", false},
		{"example.com/team", "https://example.com/team/%252e", true},
		{"example.com/team", "https://example.com/team/a%", true},
		{"example.com", "https://example.com/a/../b%2Fc//d", true},
	} {
		t.Run(test.pattern+" "+test.url, func(t *testing.T) {
			p, u := mustPattern(t, test.pattern), mustURL(t, test.url)
			if got := p.Matches(u); got != test.want {
				t.Errorf("%s matches %s: %t, want %t", p, test.url, got, test.want)
			}
		})
	}
}

// ParseURL refuses a backslash and an empty label; a URL that was made by hand must not
// slip through.
func TestMatchesRefusesWhatParseURLWould(t *testing.T) {
	u := providers.URL{Scheme: "https", Host: "example.com", Path: `/team\..\x`}
	if mustPattern(t, "example.com/team").Matches(u) {
		t.Errorf("/team matches %s", u.Path)
	}
	u.Path = `/team/x\..\..`
	if mustPattern(t, "example.com/team").Matches(u) {
		t.Errorf("/team matches %s", u.Path)
	}
	u.Host = ".example.com"
	if mustPattern(t, "*.example.com").Matches(u) {
		t.Errorf("*.example.com matches the host %s", u.Host)
	}
}

// The zero Pattern and the URL of a host that no route can name must not meet.
func TestNothingMatchesWithoutAHost(t *testing.T) {
	if (Pattern{}).Matches(providers.URL{}) {
		t.Error("the zero Pattern matches the zero URL")
	}
	if (Pattern{Scheme: "https"}).Matches(mustURL(t, "https://a_b/x")) {
		t.Error("a pattern without a host matches a URL without one")
	}
}

// The order decides whose token is sent where several routes match.
func TestCompareOrdersFromSpecificToGeneral(t *testing.T) {
	ordered := []string{
		"a.b.example.com/x/y", "a.b.example.com/x", "a.b.example.com",
		"*.b.example.com/x", "*.b.example.com", "*.example.com/x/y", "*.example.com", "*.com", "*",
	}
	for i, a := range ordered {
		for j, b := range ordered {
			got := mustPattern(t, a).Compare(mustPattern(t, b))
			if got < 0 != (i < j) || got > 0 != (i > j) {
				t.Errorf("%s compared with %s is %d", a, b, got)
			}
		}
	}
	if !slices.IsSortedFunc(ordered, func(a, b string) int {
		return mustPattern(t, a).Compare(mustPattern(t, b))
	}) {
		t.Error("the table is not in the order of Compare")
	}
}

func FuzzParsePattern(f *testing.F) {
	for _, text := range []string{
		"example.com", "https://*.example.com:8443/a/b", "http://[::1]:80/x", "*", "*.10.0.0.1", "me:pw@h/x",
		"a//b", "example.com/%2f", "://", "https://", "*.", "h?x#y", "grpcs://h:443",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ParsePattern(text)
		if err != nil {
			if len(text) > 8 && strings.Contains(err.Error(), text) {
				t.Errorf("the error repeats its input: %v", err)
			}
			return
		}
		if again, err := ParsePattern(p.String()); err != nil || again != p {
			t.Fatalf("ParsePattern(%q) is %+v, %v; want %+v", p.String(), again, err, p)
		}
		u := providers.URL{Scheme: p.Scheme, Host: p.Host, Port: p.Port, Path: p.Path}
		if p.Matches(u) == p.Wildcard {
			t.Errorf("%s matches its own host %s: %t", p, u, !p.Wildcard)
		}
		u.Host = "a." + u.Host
		if p.Wildcard && !p.Matches(u) {
			t.Errorf("%s does not match %s", p, u)
		}
	})
}
