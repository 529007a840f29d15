package routes

import (
	"cmp"
	"errors"
	"strings"

	"github.com/sesame-auth/sesame/providers"
)

// A Pattern says which URLs a route is for. It is canonical, as [providers.URL] is, so
// two patterns that mean the same are equal. [ParsePattern] makes one; the zero Pattern
// matches nothing.
type Pattern struct {
	// Scheme is in lower case.
	Scheme string
	// Wildcard stands for one or more labels before Host, never for none: a token
	// for *.example.com is not for example.com. Without a Host it stands for every host and port.
	Wildcard bool
	// Host is as in providers.URL, without the "*."; "" for every host.
	Host string
	// Port is in decimal, or "" for the scheme's default port and no other.
	Port string
	// Path is "" for every path, or whole segments: "/team" matches /team and
	// /team/x, not /teams.
	Path string
}

// The errors of ParsePattern. None repeats the text, which may hold a password
// that somebody pasted with a URL.
var (
	errPattern  = errors.New("want [scheme://]host[:port][/path], such as https://example.com/team")
	errEvery    = errors.New(`"*" stands for every host and port: write it without a port and without a path`)
	errWildcard = errors.New(`"*" stands for the first labels of a host name only: *.example.com`)
	errUserinfo = errors.New("a pattern has no userinfo: write the account as the route's username")
	errQuery    = errors.New("a pattern has no query and no fragment")
	errSlash    = errors.New(`the path ends with "/": write it without, it matches what is below it too`)
	errPath     = errors.New(`the path has an empty segment, ".", "..", a backslash, or an encoded slash, dot or backslash`)
)

// ParsePattern reads [scheme://]host[:port][/path]. Without a scheme it is https.
// The host follows the rules of [providers.ParseURL] and may start with "*.", or be "*". The
// path is compared as tools send it: percent-encoded, case included.
func ParsePattern(text string) (Pattern, error) {
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	scheme, rest, _ := strings.Cut(text, "://")
	if strings.ContainsAny(rest, "?#") {
		return Pattern{}, errQuery
	}
	authority, path := rest, ""
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		authority, path = rest[:i], rest[i:]
	}
	if strings.IndexByte(authority, '@') >= 0 {
		return Pattern{}, errUserinfo
	}
	if authority == "*" {
		return everyHost(scheme, path)
	}
	authority, wildcard := strings.CutPrefix(authority, "*.")
	if err := checkStar(authority, wildcard); err != nil {
		return Pattern{}, err
	}
	u, err := providers.ParseURL(scheme + "://" + authority + path)
	if err != nil || u.Host == "" {
		return Pattern{}, errPattern
	}
	if wildcard && !u.IsName() {
		return Pattern{}, errWildcard
	}
	if err := checkPath(path); err != nil {
		return Pattern{}, err
	}
	return Pattern{Scheme: u.Scheme, Wildcard: wildcard, Host: u.Host, Port: u.Port, Path: path}, nil
}

// everyHost returns the pattern for every host.
func everyHost(scheme, path string) (Pattern, error) {
	u, err := providers.ParseURL(scheme + "://every.example")
	if err != nil {
		return Pattern{}, errPattern
	}
	if path != "" {
		return Pattern{}, errEvery
	}
	return Pattern{Scheme: u.Scheme, Wildcard: true}, nil
}

// checkStar refuses a "*" that is left in authority once its leading "*." is cut.
func checkStar(authority string, wildcard bool) error {
	if strings.IndexByte(authority, '*') < 0 {
		return nil
	}
	if !wildcard && strings.HasPrefix(authority, "*:") {
		return errEvery
	}
	return errWildcard
}

func checkPath(path string) error {
	if path == "" {
		return nil
	}
	clean, ok := CleanPath(path)
	switch {
	case !ok:
		return errPath
	case clean != path:
		return errSlash
	}
	return nil
}

// CleanPath returns a URL's path without a slash at its end. It is not ok if servers
// read the path in more than one way, so that a token for one path could be sent
// to another: an empty segment, "." or "..", a backslash, or one of these encoded.
func CleanPath(path string) (clean string, ok bool) {
	path = strings.TrimSuffix(path, "/")
	if path == "" {
		return "", true
	}
	for segment := range strings.SplitSeq(path[1:], "/") {
		if segment == "" || segment == "." || segment == ".." {
			return "", false
		}
	}
	return path, path[0] == '/' && strings.IndexByte(path, '\\') < 0 && !hidesSeparator(path)
}

// hidesSeparator reports whether path holds a percent-encoded slash, dot or backslash.
func hidesSeparator(path string) bool {
	for {
		i := strings.IndexByte(path, '%')
		if i < 0 || len(path) < i+3 {
			return false
		}
		switch strings.ToLower(path[i+1 : i+3]) {
		case "2f", "2e", "5c":
			return true
		}
		path = path[i+1:]
	}
}

// EveryHost reports whether the pattern is for every host.
func (p Pattern) EveryHost() bool { return p.Wildcard && p.Host == "" }

// Example returns a URL that the pattern matches.
func (p Pattern) Example() providers.URL {
	u := providers.URL{Scheme: p.Scheme, Host: p.Host, Port: p.Port, Path: p.Path}
	switch {
	case p.EveryHost():
		u.Host = "host.example"
	case p.Wildcard:
		u.Host = "host." + p.Host
	}
	return u
}

// Matches reports whether the pattern is for u. A URL whose path servers read in
// more than one way matches only a pattern without a path. That for every host by https is for http
// to this machine too: nobody listens on the way.
func (p Pattern) Matches(u providers.URL) bool {
	if p.EveryHost() {
		return u.Host != "" && (u.Scheme == p.Scheme ||
			p.Scheme == "https" && u.Scheme == "http" && u.IsLoopback())
	}
	if u.Host == "" || u.Scheme != p.Scheme || u.Port != p.Port || !p.matchesHost(u.Host) {
		return false
	}
	if p.Path == "" {
		return true
	}
	path, ok := CleanPath(u.Path)
	if !ok {
		return false
	}
	below, ok := strings.CutPrefix(path, p.Path)
	return ok && (below == "" || below[0] == '/')
}

func (p Pattern) matchesHost(host string) bool {
	if !p.Wildcard {
		return host == p.Host
	}
	labels, ok := strings.CutSuffix(host, p.Host)
	return ok && len(labels) > 1 && strings.HasSuffix(labels, ".")
}

// Compare is negative if p is more specific than q, positive if q is: an exact host goes
// before a wildcard, a longer wildcard before a shorter one, then a longer path before a
// shorter one. Of the patterns that match one URL, only equal ones compare as zero.
func (p Pattern) Compare(q Pattern) int {
	switch {
	case p.Wildcard && !q.Wildcard:
		return 1
	case q.Wildcard && !p.Wildcard:
		return -1
	case p.Wildcard && len(p.Host) != len(q.Host):
		return cmp.Compare(len(q.Host), len(p.Host))
	case p.EveryHost() && p.Scheme != q.Scheme:
		// For http to this machine that by http goes before that by https.
		return strings.Compare(p.Scheme, q.Scheme)
	}
	return cmp.Compare(len(q.Path), len(p.Path))
}

// String returns the pattern as text that ParsePattern reads back to the same value.
func (p Pattern) String() string { return string(p.appendTo(nil)) }

func (p Pattern) appendTo(b []byte) []byte {
	b = append(b, p.Scheme...)
	b = append(b, "://"...)
	if p.EveryHost() {
		return append(b, '*')
	}
	if p.Wildcard {
		b = append(b, "*."...)
	}
	b = append(b, providers.URL{Host: p.Host, Port: p.Port}.Authority()...)
	return append(b, p.Path...)
}
