package providers

import (
	"errors"
	"strconv"
	"strings"
)

// A URL is what a tool wants to reach, in one canonical spelling, so that two
// spellings of one host are equal and nothing that only looks like a host is one.
// It has no userinfo, query or fragment: no rule may depend on them.
//
// It is not a *url.URL because net/url alone costs a front about 4 % of its CPU
// time, and because url.Parse accepts hosts that must never be given a token.
type URL struct {
	// Scheme is in lower case: "https", "http".
	Scheme string
	// Host is a DNS name in lower case or an IP address; IPv6 without brackets. It is
	// "" where the text names no host that a route could name.
	Host string
	// Port is in decimal, or "" for the scheme's default port.
	Port string
	// Path is "" or starts with a slash, and is percent-encoded as it was sent.
	Path string
}

// maxURL bounds what ParseURL reads, in bytes.
const maxURL = 16 << 10

// errURL is the only error of ParseURL. It does not repeat its input, which may
// hold a password.
var errURL = errors.New("not a URL: want scheme://host[:port][/path]")

// ParseURL reads text such as https://Host:443/path?query and returns its
// canonical form. Userinfo, query and fragment are dropped.
//
// It fails on what is no URL at all: no scheme, a control character, white space, a
// backslash, more than 16 KiB. A well-formed URL whose host no route can name (RFC 1123 names of
// letters, digits and hyphens, and IP addresses are the ones a route can) gives a URL
// with an empty Host, for which nothing is ever found.
func ParseURL(text string) (URL, error) {
	if len(text) > maxURL || !printable(text) {
		return URL{}, errURL
	}
	scheme, rest, ok := strings.Cut(text, "://")
	if !ok || !validScheme(scheme) {
		return URL{}, errURL
	}
	u := URL{Scheme: strings.ToLower(scheme)}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	authority, path := rest[:end], rest[end:]
	if i := strings.IndexAny(path, "?#"); i >= 0 {
		path = path[:i]
	}
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		authority = authority[i+1:]
	}
	u.Path = path
	u.Host, u.Port = splitHost(authority)
	if u.Port == defaultPort(u.Scheme) {
		u.Port = ""
	}
	return u, nil
}

// Authority returns host, or host:port where the port is not the default one;
// IPv6 in brackets.
func (u URL) Authority() string {
	host := u.Host
	if strings.IndexByte(host, ':') >= 0 {
		host = "[" + host + "]"
	}
	if u.Port == "" {
		return host
	}
	return host + ":" + u.Port
}

// String returns the URL as text that ParseURL reads back to the same value.
func (u URL) String() string { return u.Scheme + "://" + u.Authority() + u.Path }

// IsLoopback reports whether the host is this machine by its very name:
// localhost, an address in 127.0.0.0/8, or ::1.
func (u URL) IsLoopback() bool {
	return u.Host == "localhost" || u.Host == "::1" ||
		strings.HasPrefix(u.Host, "127.") && isIPv4(u.Host)
}

// IsName reports whether the host is a DNS name, not an IP address.
func (u URL) IsName() bool {
	return u.Host != "" && strings.IndexByte(u.Host, ':') < 0 && !isIPv4(u.Host)
}

func printable(text string) bool {
	for i := range len(text) {
		if c := text[i]; c <= ' ' || c == 0x7f || c == '\\' {
			return false
		}
	}
	return true
}

// validScheme follows RFC 3986, section 3.1.
func validScheme(s string) bool {
	for i := range len(s) {
		c := s[i] | 0x20
		letter := c >= 'a' && c <= 'z'
		other := s[i] >= '0' && s[i] <= '9' || s[i] == '+' || s[i] == '-' || s[i] == '.'
		if !letter && (i == 0 || !other) {
			return false
		}
	}
	return s != ""
}

func defaultPort(scheme string) string {
	switch scheme {
	case "https":
		return "443"
	case "http":
		return "80"
	}
	return "none"
}

// splitHost returns the canonical host and port of an authority without
// userinfo, or two empty strings if no route can name it.
func splitHost(authority string) (host, port string) {
	host = authority
	if strings.HasPrefix(authority, "[") {
		end := strings.IndexByte(authority, ']')
		if end < 0 {
			return "", ""
		}
		host, port = authority[1:end], authority[end+1:]
		if host = canonicalIPv6(host); host == "" {
			return "", ""
		}
	} else {
		if i := strings.IndexByte(authority, ':'); i >= 0 {
			host, port = authority[:i], authority[i:]
		}
		if host = strings.ToLower(host); !validName(host) && !isIPv4(host) {
			return "", ""
		}
	}
	switch {
	case port == "":
		return host, ""
	case port[0] != ':' || !validPort(port[1:]):
		return "", ""
	}
	return host, port[1:]
}

// validPort accepts 1 to 65535 in decimal without a leading zero.
func validPort(s string) bool {
	n, err := strconv.ParseUint(s, 10, 16)
	return err == nil && n > 0 && s[0] != '0' && s[0] != '+'
}

// validName follows RFC 1123, section 2.1, without a trailing dot. A name whose last
// label is a number is refused: URL parsers take it for an IPv4 address.
func validName(host string) bool {
	if len(host) > 253 {
		return false
	}
	last := ""
	for label := range strings.SplitSeq(host, ".") {
		if !validLabel(label) {
			return false
		}
		last = label
	}
	return strings.Trim(last, "0123456789") != "" && !strings.HasPrefix(last, "0x")
}

func validLabel(s string) bool {
	if s == "" || len(s) > 63 || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-') {
			return false
		}
	}
	return true
}
