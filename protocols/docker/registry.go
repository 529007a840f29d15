package docker

import (
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/sesame-auth/sesame/protocols"
	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/concat"
)

// hubURL is the name under which docker keeps the account of Docker Hub, and hubHost the
// host in it.
const (
	hubURL  = "https://index.docker.io/v1/"
	hubHost = "index.docker.io"
)

// readServerURL reads the name of a registry, as the tool wrote it, without the white space
// around it.
func readServerURL(in io.Reader) (string, error) {
	request, err := protocols.ReadAll(in, maxRequest)
	if err != nil {
		return "", err
	}
	serverURL := strings.TrimSpace(concat.Bytes(request))
	if serverURL == "" {
		return "", noServerURL
	}
	return serverURL, nil
}

// errNoRegistry does not repeat the request, which may hold a password.
var errNoRegistry = errors.New("the request does not name a registry: want host[:port]")

// registryURLs returns the URLs that serverURL may stand for, in the order in which
// to ask: none if it names no host that could have a token.
//
// A registry without a scheme is reached by https. Docker tries http for one on this machine,
// so a second URL follows for that.
func registryURLs(serverURL string) ([]providers.URL, error) {
	text := serverURL
	scheme := hasScheme(serverURL)
	if !scheme {
		text = "https://" + text
	}
	u, err := providers.ParseURL(text)
	if err != nil || !utf8.ValidString(text) {
		return nil, errNoRegistry
	}
	if u.Host == "" || hasUserinfo(text) {
		return nil, nil
	}
	if u.Scheme == "https" && isHub(u.Authority()) {
		return hubURLs(u)
	}
	u.Path = strings.TrimRight(u.Path, "/")
	urls := []providers.URL{u}
	if !scheme && u.IsLoopback() {
		plaintext, err := providers.ParseURL("http://" + serverURL)
		if err != nil {
			return nil, err
		}
		plaintext.Path = u.Path
		urls = append(urls, plaintext)
	}
	return urls, nil
}

// hasScheme reports whether serverURL begins with a scheme, not with a host.
func hasScheme(serverURL string) bool {
	before, _, ok := strings.Cut(serverURL, "://")
	return ok && !strings.ContainsAny(before, "/?#@:[")
}

// hasUserinfo reports whether text, a URL, has an "@" in front of its host. No
// registry's name has: host:5000@evil.example only looks like one.
func hasUserinfo(text string) bool {
	_, rest, _ := strings.Cut(text, "://")
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	return strings.IndexByte(rest, '@') >= 0
}

// isHub reports whether authority is one of the names of Docker Hub.
func isHub(authority string) bool {
	switch authority {
	case hubHost, "docker.io", "registry-1.docker.io":
		return true
	}
	return false
}

// hubURLs returns the one URL for all names of Docker Hub and its repositories, but for each part of a
// web login that part's own.
func hubURLs(u providers.URL) ([]providers.URL, error) {
	u.Host, u.Path = hubHost, strings.TrimRight(u.Path, "/")
	if isWebLogin(u) {
		return []providers.URL{u}, nil
	}
	hub, err := providers.ParseURL(hubURL)
	return []providers.URL{hub}, err
}

// isWebLogin reports whether u is one of the two under which docker login keeps parts of a web
// login: docker logout takes what it finds there to the network, to revoke it.
func isWebLogin(u providers.URL) bool {
	return u.Scheme == "https" && u.Authority() == hubHost &&
		(u.Path == "/v1/refresh-token" || u.Path == "/v1/access-token")
}

// isAnothers reports whether u is a part of a web login and the answer for it is not that part but
// Docker Hub's token, whose route is for all paths.
func isAnothers(found protocols.Answer, u providers.URL) bool {
	return isWebLogin(u) && (found.Origin != protocols.Kept || found.Path != u.Path)
}

// withoutAPIRoot returns the registry of u, where the path names only the root of its API. That
// of Docker Hub's URL, which ends in a slash, is part of its name and stays.
func withoutAPIRoot(u providers.URL) providers.URL {
	if u.Path == "/v1" || u.Path == "/v2" {
		u.Path = ""
	}
	return u
}
