package docker

import (
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/sesame-auth/sesame/protocols"
	"github.com/sesame-auth/sesame/providers"
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
	serverURL := strings.TrimSpace(string(request))
	if serverURL == "" {
		return "", noServerURL
	}
	return serverURL, nil
}

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
		return nil, errors.New("the request does not name a registry: want host[:port]")
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

// hubURLs returns the one URL for all names of Docker Hub and its repositories; none for the two
// under which docker login keeps parts of a web login: docker logout takes what it finds there to
// the network, to revoke it.
func hubURLs(u providers.URL) ([]providers.URL, error) {
	switch strings.TrimRight(u.Path, "/") {
	case "/v1/refresh-token", "/v1/access-token":
		return nil, nil
	}
	hub, err := providers.ParseURL(hubURL)
	return []providers.URL{hub}, err
}
