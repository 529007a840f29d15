package providers

import (
	"net/url"
	"strings"
	"testing"
)

// One host has one spelling, or a token for it is stored twice and forgotten once.
func TestParseURLGivesOneSpelling(t *testing.T) {
	for _, row := range []struct{ name, text, want string }{
		{"as it is", "https://h.test/x", "https://h.test/x"},
		{"no path", "https://h.test", "https://h.test"},
		{"root", "https://h.test/", "https://h.test/"},
		{"upper case", "HTTPS://H.Test/X", "https://h.test/X"},
		{"default port", "https://h.test:443/", "https://h.test/"},
		{"default port of http", "http://h.test:80/", "http://h.test/"},
		{"the other's default port", "http://h.test:443/", "http://h.test:443/"},
		{"another port", "https://h.test:8443", "https://h.test:8443"},
		{"query and fragment", "https://h.test/a?b#c", "https://h.test/a"},
		{"query without a path", "https://h.test?b", "https://h.test"},
		{"userinfo", "https://user:pass@h.test/", "https://h.test/"},
		{"an @ in userinfo", "https://a@b@h.test/", "https://h.test/"},
		{"one label", "http://localhost:8080", "http://localhost:8080"},
		{"IPv4", "http://127.0.0.1:8980", "http://127.0.0.1:8980"},
		{"IPv6", "https://[0:0:0:0:0:0:0:1]:9/x", "https://[::1]:9/x"},
		{"IPv6 in capitals", "https://[2001:DB8:0:0:1:0:0:1]", "https://[2001:db8::1:0:0:1]"},
		{"an escape in the path", "https://h.test/a%2Fb", "https://h.test/a%2Fb"},
		{"punycode", "https://xn--bcher-kva.example", "https://xn--bcher-kva.example"},
	} {
		t.Run(row.name, func(t *testing.T) {
			u, err := ParseURL(row.text)
			if err != nil || u.Host == "" {
				t.Fatalf("got %+v and %v", u, err)
			}
			if got := u.String(); got != row.want {
				t.Errorf("got %s, want %s", got, row.want)
			}
			if again, err := ParseURL(u.String()); err != nil || again != u {
				t.Errorf("read again: %+v and %v, want %+v", again, err, u)
			}
		})
	}
}

// What only looks like a host must never be one.
func TestParseURLNamesNoHostWhereNoRouteCan(t *testing.T) {
	for _, authority := range []string{
		"", "h.test.", ".h.test", "h..test", "-h.test", "h-.test", "h_x.test", "*.test", "h.test,evil",
		"h.test;evil.test", "h.test&x", "h%2etest", "h.test%00", "bücher.example", "ａｐｉ.pyx.dev",
		"h.test\u200b", "h.test:", "h.test:0", "h.test:0443", "h.test:99999", "h.test:+443", "h.test:4_3",
		"h.test:443:443", "1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.256", "0x7f.1", "2130706433", "0x7f000001",
		"h.1", "[::1", "[::1]x", "[::1%eth0]", "[1::2::3]", "[1:2:3:4:5:6:7:8:9]", "[::ffff:1.2.3.4]", "[]", "[h.test]",
		"::1", strings.Repeat("a", 64) + ".test", strings.Repeat("a.", 127) + "a",
	} {
		u, err := ParseURL("https://" + authority + "/")
		if err != nil {
			t.Errorf("%q: %v, want a URL without a host", authority, err)
		} else if u.Host != "" {
			t.Errorf("%q: got the host %q", authority, u.Host)
		}
	}
	if u, err := ParseURL("https://" + strings.Repeat("a.", 126) + "a"); err != nil || u.Host == "" {
		t.Errorf("a name of 253 characters: %+v and %v", u, err)
	}
}

func TestParseURLRefusesWhatIsNoURL(t *testing.T) {
	for _, text := range []string{
		"", "h.test", "//h.test", "https:h.test", "https:/h.test", "://h.test", "1http://h.test", "ht tp://h.test",
		"https://h.test/a b", "https://h.test\n", "https://h.test\r/", "https://h\x00.test", "https://h.test\\@evil",
		"https://h.test/\x1b[2J", "https://h.test/\x7f", "https://h.test/" + strings.Repeat("a", maxURL),
	} {
		u, err := ParseURL(text)
		if err == nil {
			t.Errorf("%q: got %+v", text, u)
		} else if len(text) > 12 && strings.Contains(err.Error(), text[8:]) {
			t.Errorf("%q: the error repeats it: %v", text, err)
		}
	}
}

func TestIsLoopbackAndIsNameGoByTheHostAlone(t *testing.T) {
	for _, row := range []struct {
		text           string
		loopback, name bool
	}{
		{"http://localhost", true, true}, {"http://127.0.0.1", true, false}, {"http://127.9.9.9", true, false},
		{"http://[::1]", true, false}, {"http://128.0.0.1", false, false}, {"http://127.example.com", false, true},
		{"http://localhost.example.com", false, true}, {"http://h.test", false, true}, {"http://h_.test", false, false},
	} {
		u, err := ParseURL(row.text)
		if err != nil {
			t.Fatal(err)
		}
		if u.IsLoopback() != row.loopback || u.IsName() != row.name {
			t.Errorf("%s: loopback %v, name %v", row.text, u.IsLoopback(), u.IsName())
		}
	}
}

// Whatever comes in, the canonical form is stable, and Go's own parser sees the same host.
func FuzzParseURL(f *testing.F) {
	for _, text := range []string{
		"https://h.test:443/a?b#c", "http://[::1]:80", "https://a@b@c/", "HTTPS://X", "https://h.test%2e/", "grpcs://h:1",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		u, err := ParseURL(text)
		if err != nil || u.Host == "" {
			return
		}
		if again, err := ParseURL(u.String()); err != nil || again != u {
			t.Fatalf("%+v reads back as %+v and %v", u, again, err)
		}
		standard, err := url.Parse(u.String())
		if err != nil {
			return // it refuses some escapes in paths
		}
		if standard.Hostname() != u.Host || standard.Port() != u.Port || standard.User != nil {
			t.Fatalf("%q: host %q, but net/url has %q", text, u.Authority(), standard.Host)
		}
	})
}

func BenchmarkParseURL(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseURL("https://registry.example.com:8443/v2/team/app"); err != nil {
			b.Fatal(err)
		}
	}
}
