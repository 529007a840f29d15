// Package profile is what can be said of the provider pyx without a network: which
// URLs it serves, and where uv keeps its tokens.
//
// The package is linked into the fronts: see package providers for what that
// forbids.
package profile

import (
	"errors"
	"strings"

	"github.com/sesame-auth/sesame/providers"
)

// The defaults of uv.
const (
	DefaultAPI = "https://api.pyx.dev"
	DefaultCDN = "astralhosted.com"
)

// Options are the settings of a route to the provider: there are none.
type Options struct{}

// Profile returns what the core must know of the provider. It is asked through its
// plugin. Without a route it serves the URLs of [Settings.Serves].
func Profile() providers.Profile {
	return providers.Profile{
		Name:       "pyx",
		NewOptions: func() any { return new(Options) },
		Variables:  func(providers.URL, providers.Options) []string { return variables() },
		Serves: func(u providers.URL, getenv func(string) string) bool {
			s, err := Read(getenv)
			return err == nil && s.Serves(u)
		},
		Sources: sources,
	}
}

// Settings are what the environment says. An empty variable counts as unset.
type Settings struct {
	// API is where tokens are obtained: PYX_API_URL.
	API providers.URL
	// CDN is the domain that serves files: PYX_CDN_DOMAIN.
	CDN string
	// Key is a long-lived key that is exchanged for tokens: PYX_API_KEY, or else
	// UV_API_KEY. Where there is one, nobody's login is used.
	Key providers.Secret
	// KeyVariable is the variable that Key is from.
	KeyVariable string
	// Token is a token to be used as it is: PYX_AUTH_TOKEN, or else UV_AUTH_TOKEN. It wins
	// over everything else.
	Token providers.Secret
	// TokenVariable is the variable that Token is from.
	TokenVariable string

	digest string // of the API's URL: the name of uv's directory for it
}

// Read reads the settings. It fails on a PYX_API_URL or a PYX_CDN_DOMAIN that
// cannot be used, since the defaults in their place would be another server.
func Read(getenv func(string) string) (Settings, error) {
	var s Settings
	text := getenv("PYX_API_URL")
	if text == "" {
		text = DefaultAPI
	}
	canonical, err := canonicalAPI(text)
	if err != nil {
		return Settings{}, errors.New("PYX_API_URL: " + err.Error())
	}
	s.digest = Digest(canonical)
	if s.API, err = providers.ParseURL(canonical); err != nil {
		return Settings{}, errors.New("PYX_API_URL: " + err.Error())
	}
	if s.CDN, err = domain(getenv("PYX_CDN_DOMAIN")); err != nil {
		return Settings{}, errors.New("PYX_CDN_DOMAIN: " + err.Error())
	}
	s.Key, s.KeyVariable = first(getenv, "PYX_API_KEY", "UV_API_KEY")
	s.Token, s.TokenVariable = first(getenv, "PYX_AUTH_TOKEN", "UV_AUTH_TOKEN")
	return s, nil
}

// Serves reports whether u may be given a token: it has the scheme, host and port of
// the API, or it is https on its default port and its host is the CDN domain or a
// name below it. The API's parent domains are not served.
func (s Settings) Serves(u providers.URL) bool {
	if u.Scheme == s.API.Scheme && u.Host == s.API.Host && u.Port == s.API.Port {
		return true
	}
	return u.Scheme == "https" && u.Port == "" && u.IsName() &&
		(u.Host == s.CDN || strings.HasSuffix(u.Host, "."+s.CDN))
}

// Origin returns the API's scheme, host and port, as a URL without a path.
func (s Settings) Origin() string {
	return providers.URL{Scheme: s.API.Scheme, Host: s.API.Host, Port: s.API.Port}.String()
}

// canonicalAPI returns the text that uv makes the name of its directory from, for
// URLs that every parser reads alike: anything else is refused, so that the name is
// right or there is none.
func canonicalAPI(text string) (string, error) {
	u, err := providers.ParseURL(text)
	if err != nil {
		return "", err
	}
	_, rest, _ := strings.Cut(text, "://")
	authority, _, _ := strings.Cut(rest, "/")
	switch {
	case u.Host == "":
		return "", errors.New("its host is neither a name nor an address")
	case u.Scheme != "https" && !(u.Scheme == "http" && u.IsLoopback()):
		return "", errors.New("want https, or http to this machine")
	case strings.ContainsAny(rest, "?#") || strings.ContainsRune(authority, '@'):
		return "", errors.New("want no user, query or fragment")
	case !plainPath(u.Path):
		return "", errors.New("want a path of letters, digits, and -._~")
	}
	u.Path = strings.TrimSuffix(u.Path, "/")
	if dot := len(u.Path) - len(".git"); dot > 0 && strings.EqualFold(u.Path[dot:], ".git") && u.Path[dot-1] != '/' {
		u.Path = u.Path[:dot]
	}
	if u.Path == "" {
		u.Path = "/"
	}
	return u.String(), nil
}

// plainPath reports whether no parser would change the path.
func plainPath(path string) bool {
	path = strings.TrimSuffix(path, "/")
	if path == "" {
		return true
	}
	for segment := range strings.SplitSeq(path[1:], "/") {
		if segment == "" || segment == "." || segment == ".." {
			return false
		}
		for _, c := range []byte(segment) {
			lower := c | 0x20
			if !(lower >= 'a' && lower <= 'z' || c >= '0' && c <= '9' || strings.IndexByte("-._~", c) >= 0) {
				return false
			}
		}
	}
	return true
}

// domain returns the domain in canonical form. One label is refused: it would be all the
// names below a top-level domain.
func domain(text string) (string, error) {
	if text == "" {
		return DefaultCDN, nil
	}
	u, err := providers.ParseURL("https://" + text)
	if err != nil || !u.IsName() || !strings.EqualFold(u.Host, text) || strings.IndexByte(text, '.') < 0 {
		return "", errors.New("want a domain such as " + DefaultCDN)
	}
	return u.Host, nil
}

// first returns the value of the first variable that is set, and its name.
func first(getenv func(string) string, names ...string) (providers.Secret, string) {
	for _, name := range names {
		if value := getenv(name); value != "" {
			return providers.NewSecret(value), name
		}
	}
	return providers.Secret{}, ""
}
