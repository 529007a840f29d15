//go:build unix

package hostile

import (
	"crypto/rand"
	"strings"
	"testing"

	"github.com/sesame-auth/sesame/cmd/internal/leak"
)

// A guarded is a house with a route of every form, and a token of its own for each.
type guarded struct {
	*house
	exact, wildcard, path, loopback, variable, pyx string
}

func newGuarded(t *testing.T) *guarded {
	g := &guarded{house: newHouse(t)}
	for _, token := range []*string{&g.exact, &g.wildcard, &g.path, &g.loopback, &g.variable, &g.pyx} {
		*token = rand.Text()
		g.scan.Add(*token)
	}
	g.configure(route("git.example.com", "static", `secret = "`+g.exact+`"`) +
		route("*.corp.example.com", "static", `secret = "`+g.wildcard+`"`) +
		route("https://p.example.com/org", "static", `secret = "`+g.path+`"`) +
		route("http://127.0.0.1:8080", "static", `secret = "`+g.loopback+`"`))
	g.env["SESAME_TOKEN_ENV_EXAMPLE_COM"] = g.variable
	g.env["PYX_AUTH_TOKEN"] = g.pyx
	return g
}

// found returns the tokens in an answer.
func (g *guarded) found(r result) string {
	var names []string
	for _, token := range []struct{ name, value string }{
		{"exact", g.exact}, {"wildcard", g.wildcard}, {"path", g.path}, {"loopback", g.loopback},
		{"variable", g.variable}, {"pyx", g.pyx},
	} {
		if leak.Holds(r.stdout+r.stderr, token.value) {
			names = append(names, token.name)
		}
	}
	return strings.Join(names, ", ")
}

// asked asks for a URL in every way in which the three tools write one.
func (g *guarded) asked(url string) map[string]result {
	results := map[string]result{
		"bazel":      g.ask(url),
		"git, url":   g.run("url="+url+"\n\n", git, "get"),
		"git, parts": g.run(gitParts(url), git, "get"),
		"docker":     g.run(url, docker, "get"),
	}
	if bare, ok := strings.CutPrefix(url, "https://"); ok && !strings.HasPrefix(bare, "127.") && !strings.Contains(bare, "://") {
		results["docker, bare"] = g.run(bare, docker, "get")
	}
	return results
}

// gitParts splits a URL as a careless client would, and lets git's program see the parts.
func gitParts(url string) string {
	scheme, rest, _ := strings.Cut(url, "://")
	host, path, _ := strings.Cut(rest, "/")
	return "protocol=" + scheme + "\nhost=" + host + "\npath=" + path + "\n\n"
}

// The right token for every spelling that means the host of a route, so that the test
// below does not pass because nothing works.
func TestCanonicalURLsGetTheTokenOfTheirRouteAlone(t *testing.T) {
	g := newGuarded(t)
	tests := []struct{ url, want string }{
		{"https://git.example.com/team/x.git", "exact"},
		{"https://GIT.Example.COM:443/team/x.git", "exact"},
		{"https://a.corp.example.com/", "wildcard"},
		{"https://a.b.corp.example.com/x", "wildcard"},
		{"https://p.example.com/org", "path"},
		{"https://p.example.com/org/repo", "path"},
		{"http://127.0.0.1:8080/x", "loopback"},
		{"https://env.example.com/x", "variable"},
		{"https://api.pyx.dev/simple/", "pyx"},
		{"https://files.astralhosted.com/a.whl", "pyx"},
	}
	for _, test := range tests {
		for way, result := range g.asked(test.url) {
			if got := g.found(result); got != test.want || result.code != 0 {
				t.Errorf("%s: %s: tokens %q, exit %d: want %q\n%s", way, test.url, got, result.code, test.want, result.stderr)
			}
		}
	}
}

// Each of these was once taken for another host by a program that hands out tokens, or
// reads like a host that it is not.
func TestHostileURLsGetNoToken(t *testing.T) {
	g := newGuarded(t)
	for name, urls := range hostileURLs {
		t.Run(name, func(t *testing.T) {
			for _, url := range urls {
				for way, result := range g.asked(url) {
					if got := g.found(result); got != "" && !(asGitReads[url] && strings.HasPrefix(way, "git")) {
						t.Errorf("%s: %s got the token of: %s", way, url, got)
					}
				}
			}
		})
	}
}

// asGitReads lists what git itself takes for a URL of the route, before it connects: a user whose name
// ends in a backslash, and a path whose first slashes and whose encoding do not count.
var asGitReads = map[string]bool{
	`https://evil.test\@git.example.com/`: true,
	"https://p.example.com//org":          true,
	"https://p.example.com/org%2frepo":    true,
}

var hostileURLs = map[string][]string{
	"suffix": {
		"https://git.example.com.evil.test/", "https://evilgit.example.com/", "https://evil-git.example.com/",
		"https://xcorp.example.com/", "https://a.corp.example.com.evil.test/", "https://api.pyx.dev.evil.test/",
		"https://evil-pyx.dev/", "https://evilastralhosted.com/", "https://x.env.example.com/",
	},
	"parent domain": {
		"https://example.com/", "https://corp.example.com/", "https://com/", "https://pyx.dev/", "https://dev/",
		"https://www.git.example.com/", "https://beta.pyx.dev/",
	},
	"substring": {
		"https://evil.test/git.example.com", "https://evil.test/https://git.example.com/",
		"https://evil.test?git.example.com", "https://evil.test#git.example.com",
		"https://git.example.com-evil.test/", "https://git-example-com.evil.test/", "https://gitxexample.com/",
	},
	"dot": {
		"https://git.example.com./", "https://git.example.com../", "https://.git.example.com/",
		"https://git..example.com/", "https://.corp.example.com/", "https://a..corp.example.com/",
		"https://api.pyx.dev./", "https://env.example.com./",
	},
	"port": {
		"https://git.example.com:8443/", "https://git.example.com:80/", "https://git.example.com:0443/",
		"https://git.example.com:+443/", "https://git.example.com:-443/", "https://git.example.com:65979/",
		"https://git.example.com:443:443/", "https://git.example.com:4_43/", "https://git.example.com:/",
		"https://git.example.com:443x/", "https://git.example.com:0x1bb/", "https://api.pyx.dev:8443/",
		"https://env.example.com:444/", "https://git.example.com:x@evil.test/",
	},
	"userinfo": {
		"https://git.example.com@evil.test/", "https://git.example.com:443@evil.test/",
		"https://git.example.com%40evil.test/", "https://a@git.example.com@evil.test/",
		"https://evil.test%2f@evil.test/", "https://git.example.com%2f@evil.test/",
		"https://evil.test#@git.example.com/",
		"https://evil.test/@git.example.com/", "https://evil.test?@git.example.com/",
	},
	"backslash": {
		`https://evil.test\@git.example.com/`, `https://git.example.com\@evil.test/`, `https:\\git.example.com/`,
		`https://git.example.com\.evil.test/`, `https://p.example.com/\org`, `https://p.example.com\org`,
	},
	"punycode and Unicode": {
		"https://xn--git-example.com/", "https://xn--gt-fka.example.com/", "https://gіt.example.com/",
		"https://ｇｉｔ.example.com/", "https://git。example。com/", "https://git\u200b.example.com/",
		"https://git.example.com\u2044evil.test/", "https://gıt.example.com/", "https://ａｐｉ.pyx.dev/",
		"https://git.example.ⓒⓞⓜ/", "https://git.example.c\u043em/",
	},
	"odd characters": {
		"https://git.example.com;evil.test/", "https://git.example.com,evil.test/", "https://git.example.com&evil.test/",
		"https://*.corp.example.com/", "https://*/", "https://git_example.com/", "https://[git.example.com]/",
		"https://git.example.com evil.test/", "https://git.example.com|evil.test/", "https://-.corp.example.com/",
		"https://a_b.corp.example.com/", "https://<x>.corp.example.com/", "https://" + strings.Repeat("a", 64) + ".corp.example.com/",
		"https://" + strings.Repeat("a.", 200) + "corp.example.com/",
	},
	"scheme": {
		"http://git.example.com/", "ftp://git.example.com/", "ssh://git.example.com/", "ws://git.example.com/",
		"file://git.example.com/", "httpss://git.example.com/", "grpc://git.example.com/", "https+x://git.example.com/",
		"https:git.example.com/", "https:/git.example.com/", "https:///git.example.com/", "://git.example.com/",
		"//git.example.com/", "http://https://git.example.com/", "javascript://git.example.com/", "http://api.pyx.dev/",
		"http://env.example.com/", "https://https://git.example.com/", "unix://git.example.com/",
	},
	"path": {
		"https://p.example.com/", "https://p.example.com/orgs", "https://p.example.com/ORG", "https://p.example.com/or",
		"https://p.example.com//org", "https://p.example.com/org/../other", "https://p.example.com/org%2f..%2fother",
		"https://p.example.com/org/./x", "https://p.example.com/org%2frepo", "https://p.example.com/org%5cx",
		"https://p.example.com/%6frg/../x", "https://p.example.com/other/..%2forg", "https://p.example.com/org%2e%2e/x",
		"https://p.example.com/org//x", "https://p.example.com?/org", "https://p.example.com#/org",
	},
	"address": {
		"http://127.1:8080/", "http://127.0.1:8080/", "http://2130706433:8080/", "http://0x7f.0.0.1:8080/",
		"http://0x7f000001:8080/", "http://0177.0.0.1:8080/", "http://127.000.000.001:8080/", "http://127.0.0.1:08080/",
		"http://127.0.0.1/", "https://127.0.0.1:8080/", "http://127.0.0.1.:8080/", "http://localhost:8080/",
		"http://[::1]:8080/", "http://[::ffff:127.0.0.1]:8080/", "http://[::ffff:7f00:1]:8080/", "http://0:8080/",
		"http://0.0.0.0:8080/", "http://127.0.0.2:8080/", "http://127.0.0.1:8080.evil.test/", "http://127.0.0.1:80800/",
		"http://[127.0.0.1]:8080/", "http://[::1%25lo]:8080/", "http://127.0.0.1%00:8080/", "http://①②⑦.0.0.1:8080/",
	},
}

// Git decodes a host in its url attribute, as git itself does before it connects; nobody else may.
func TestEncodedHostsGetNoToken(t *testing.T) {
	g := newGuarded(t)
	for _, host := range []string{
		"git%2eexample.com", "git.example.com%00", "git.example.com%00.evil.test", "%67it.example.com",
		"git.example.com%20", "git.example.com%0a", "git.example.com%2f.evil.test", "git.example.com%3f.evil.test",
		"git.example.com%23.evil.test", "git.example.com%3a443", "git.example.com%5c.evil.test", "git.example.com%",
	} {
		url := "https://" + host + "/"
		for way, result := range g.asked(url) {
			if got := g.found(result); got != "" && way != "git, url" {
				t.Errorf("%s: %s got the token of: %s", way, url, got)
			}
		}
		if decodesToOther(host) {
			if got := g.found(g.run("url="+url+"\n\n", git, "get")); got != "" {
				t.Errorf("git, url: %s got the token of: %s", url, got)
			}
		}
	}
}

// decodesToOther reports whether the host, decoded, is another than the route's.
func decodesToOther(host string) bool {
	plain := strings.NewReplacer("%2e", ".", "%67", "g", "%3a", ":").Replace(host)
	return plain != "git.example.com" && plain != "git.example.com:443"
}
