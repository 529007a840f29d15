package core

import (
	"strings"
	"time"

	"github.com/sesame-auth/sesame/core/digest"
	"github.com/sesame-auth/sesame/core/fields"
	"github.com/sesame-auth/sesame/core/routes"
	"github.com/sesame-auth/sesame/providers"
)

// keptPrefix begins the key of a host's kept tokens, so that they can be listed.
const keptPrefix = "kept-"

// A keptToken is a token as a tool handed it in.
type keptToken struct {
	providers.Token
	// Path is the path that it is for, and what is below; "" is the whole host.
	Path string
	// Name is the tool's own name for the URL; may be "".
	Name string
}

// keptKey names the record of all tokens that are kept for a host, whichever route leads there: whose
// they are does not change with the configuration.
func keptKey(provider string, u providers.URL) string {
	return keptPrefix + digest.Sum("sesame kept 1", provider, hostOf(u))
}

func hostOf(u providers.URL) string { return u.Scheme + "://" + u.Authority() }

// keptPath returns the path under which a URL's token is kept; not ok for one that servers
// read in more than one way.
func keptPath(u providers.URL) (path string, ok bool) { return routes.CleanPath(u.Path) }

// serves reports whether the kept token is for a URL of that path and account.
func (k *keptToken) serves(path, username string) bool {
	return below(path, k.Path) && (username == "" || k.Username == username)
}

// below reports whether path is parent, or whole segments below it.
func below(path, parent string) bool {
	rest, ok := strings.CutPrefix(path, parent)
	return ok && (rest == "" || rest[0] == '/')
}

// findKept returns the token for a path and an account: that of the longest path, of those the
// latest. A token that has ended is none.
func findKept(tokens []keptToken, path, username string, now time.Time) *keptToken {
	var found *keptToken
	for i := range tokens {
		k := &tokens[i]
		if k.serves(path, username) && !k.endedAt(now) && (found == nil || len(k.Path) >= len(found.Path)) {
			found = k
		}
	}
	return found
}

// listedAs returns the name under which a token is listed: the tool's own, or the host; "" for one
// that is for a path only, since its host alone has none.
func (k *keptToken) listedAs(u providers.URL) string {
	switch {
	case k.Name != "" || k.Path != "":
		return k.Name
	case u.Scheme != "https":
		return hostOf(u)
	}
	return u.Authority()
}

func (k *keptToken) endedAt(now time.Time) bool {
	return !k.Expires.IsZero() && !k.Expires.After(now)
}

// keptRecord returns the record of a host's kept tokens.
func keptRecord(u providers.URL, tokens []keptToken) *Record {
	record := &Record{KeptFor: hostOf(u)}
	for i := range tokens {
		record.Kept = append(record.Kept, tokens[i].encode())
	}
	return record
}

// keptTokens returns the tokens that the record keeps, the latest last. One that cannot be read is
// left out.
func (r *Record) keptTokens() (tokens []keptToken) {
	if r == nil {
		return nil
	}
	for _, text := range r.Kept {
		if k, err := decodeKept(text); err == nil {
			tokens = append(tokens, k)
		}
	}
	return tokens
}

const keptKind = "sesame kept 1"

func (k *keptToken) encode() string {
	w := fields.NewWriter(keptKind)
	w.String("name", k.Name)
	w.String("path", k.Path)
	w.String("username", k.Username)
	w.String("value", k.Value.Reveal())
	w.String("scheme", k.Scheme)
	w.Time("expires", k.Expires)
	w.String("state", k.State.Reveal())
	return string(w.Bytes())
}

func decodeKept(text string) (keptToken, error) {
	var k keptToken
	var value, state string
	err := fields.Read(text, keptKind, func(name string, v fields.Value) error {
		switch name {
		case "name":
			return v.String(&k.Name)
		case "path":
			return v.String(&k.Path)
		case "username":
			return v.String(&k.Username)
		case "value":
			return v.String(&value)
		case "scheme":
			return v.String(&k.Scheme)
		case "expires":
			return v.Time(&k.Expires)
		case "state":
			return v.String(&state)
		}
		return nil
	})
	k.Value, k.State = providers.NewSecret(value), providers.NewSecret(state)
	return k, err
}
