package git

import (
	"errors"
	"strings"

	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/concat"
)

// setURL splits url as git's credential_from_url does, scheme://user:password@host/path
// with each part but the scheme decoded, and takes the parts as if they had been attributes.
func (r *request) setURL(url string) error {
	protocol, rest, ok := strings.Cut(url, "://")
	if !ok || protocol == "" {
		return errors.New(`"url" has no protocol`)
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	userinfo, host, hasUser := strings.Cut(rest[:end], "@")
	if !hasUser {
		userinfo, host = "", rest[:end]
	}
	username, password, hasPassword := strings.Cut(userinfo, ":")
	path := strings.Trim(rest[end:], "/")
	for _, part := range []struct {
		key, value string
		present    bool
	}{
		{"protocol", protocol, true},
		{"host", decode(host), true},
		{"username", decode(username), hasUser},
		{"password", decode(password), hasPassword},
		{"path", decode(path), path != ""},
	} {
		if strings.ContainsAny(part.value, "\r\n") {
			return errors.New(`"url" has a line break in its ` + part.key)
		}
		if !part.present {
			continue
		}
		if err := r.set(part.key, part.value); err != nil {
			return err
		}
	}
	return nil
}

// decode replaces percent escapes. As in git, one that is malformed, or that stands
// for NUL, is left as it is.
func decode(s string) string {
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			hi, lo := unhex(s[i+1]), unhex(s[i+2])
			if c := hi<<4 | lo; hi < 16 && lo < 16 && c != 0 {
				b = append(b, c)
				i += 2
				continue
			}
		}
		b = append(b, s[i])
	}
	return string(b)
}

// unhex returns the value of a hexadecimal digit, 16 if c is none.
func unhex(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10
	}
	return 16
}

// url returns what the request names; false if it names no host that could have a
// token. Git sends a request without a host when it gives up half way, and a host that holds the
// punctuation of a URL when it was tricked into it.
func (r *request) url() (providers.URL, bool) {
	if r.protocol == nil || r.host == nil || strings.ContainsAny(*r.host, "/?#@%\\") {
		return providers.URL{}, false
	}
	slash, path := "", ""
	if r.path != nil && *r.path != "" {
		slash, path = "/", encode(strings.TrimLeft(*r.path, "/"))
	}
	u, err := providers.ParseURL(concat.Strings(*r.protocol, "://", *r.host, slash, path))
	ok := err == nil && u.Host != "" && strings.EqualFold(u.Scheme, *r.protocol)
	return u, ok
}

// encode undoes the decoding of a path, so that nothing in it can be taken for the
// punctuation of a URL (RFC 3986, section 3.3).
func encode(path string) string {
	const hex = "0123456789ABCDEF"
	b := make([]byte, 0, len(path))
	for i := range len(path) {
		c := path[i]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		digit := c >= '0' && c <= '9'
		if letter || digit || strings.IndexByte("-._~!$&'()*+,;=:@/", c) >= 0 {
			b = append(b, c)
		} else {
			b = append(b, '%', hex[c>>4], hex[c&15])
		}
	}
	return string(b)
}
