package keyring

import (
	"encoding/base64"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sesame-auth/sesame/providers"
)

// maxEntries bounds the tokens that are kept for one host.
const maxEntries = 64

// An entry is one token as a tool handed it in, and as it lies in an item of the keyring.
type entry struct {
	Username string `json:"username,omitempty"`
	// Path is the path that it is for, and what is below; "" is the whole host.
	Path   string `json:"path,omitempty"`
	Value  string `json:"value,omitempty"`
	Scheme string `json:"scheme,omitempty"`
	// Expires is in seconds since 1970; 0 where no end is known.
	Expires int64 `json:"expires,omitempty"`
	// State is in base64: it may be any bytes.
	State string `json:"state,omitempty"`
	// Name is the tool's own name for the URL; may be "".
	Name string `json:"name,omitempty"`
}

// hostOf returns the name of a host's item.
func hostOf(u providers.URL) string { return u.Scheme + "://" + u.Authority() }

// pathOf returns the path under which a URL's token is kept.
func pathOf(u providers.URL) string { return strings.TrimRight(u.Path, "/") }

// newEntry returns the entry of a token. JSON would turn what is not UTF-8 into something else,
// and so a password into another.
func newEntry(req providers.Request, t *providers.Token) (entry, error) {
	e := entry{
		Username: t.Username,
		Path:     pathOf(req.URL),
		Value:    t.Value.Reveal(),
		Scheme:   t.Scheme,
		State:    base64.StdEncoding.EncodeToString([]byte(t.State.Reveal())),
		Name:     req.Name,
	}
	if !t.Expires.IsZero() {
		e.Expires = max(1, t.Expires.Unix()) // 0 would be no end at all
	}
	for _, text := range []string{e.Username, e.Path, e.Value, e.Scheme, e.Name} {
		if !utf8.ValidString(text) {
			return entry{}, errNotText
		}
	}
	if req.URL.Host == "" {
		return entry{}, errNoHost
	}
	return e, nil
}

// token returns the entry as the core wants it.
func (e *entry) token() *providers.Token {
	state, _ := base64.StdEncoding.DecodeString(e.State) // decodeEntries has checked it
	t := &providers.Token{
		Username: e.Username,
		Value:    providers.NewSecret(e.Value),
		Scheme:   e.Scheme,
		State:    providers.NewSecret(string(state)),
	}
	if e.Expires != 0 {
		t.Expires = time.Unix(e.Expires, 0)
	}
	return t
}

// ended reports whether the entry has expired.
func (e *entry) ended(now time.Time) bool { return e.Expires != 0 && e.Expires <= now.Unix() }

// find returns the entry for a path and an account, "" being any: that of the longest path, of
// those the latest. Nil: there is none.
func find(entries []entry, path, username string, now time.Time) *entry {
	var found *entry
	for i := range entries {
		e := &entries[i]
		mine := below(path, e.Path) && (username == "" || e.Username == username) && !e.ended(now)
		if mine && (found == nil || len(e.Path) >= len(found.Path)) {
			found = e
		}
	}
	return found
}

// below reports whether path is parent, or whole segments below it.
func below(path, parent string) bool {
	rest, ok := strings.CutPrefix(path, parent)
	return ok && (rest == "" || rest[0] == '/')
}

// put returns the entries with e as the latest, in place of the one of the same path and account,
// and without those that have expired; e itself may have.
func put(entries []entry, e entry, now time.Time) []entry {
	kept := slices.DeleteFunc(slices.Clone(entries), func(old entry) bool {
		return old.Path == e.Path && old.Username == e.Username || old.ended(now)
	})
	if e.ended(now) {
		return kept
	}
	return append(kept, e)
}

// drop returns the entries without those that are meant: see [Provider.Drop].
func drop(entries []entry, path, username string, value providers.Secret) []entry {
	return slices.DeleteFunc(slices.Clone(entries), func(e entry) bool {
		switch {
		case username != "" && e.Username != username:
			return false
		case value.IsZero():
			return below(e.Path, path)
		}
		return (path == "" || below(path, e.Path)) && value.Equal(providers.NewSecret(e.Value))
	})
}

// accountsOf returns the accounts of one host, the latest first.
func accountsOf(host string, entries []entry, now time.Time) (accounts []providers.Account) {
	for _, e := range slices.Backward(entries) {
		name := e.Name
		if name == "" && e.Path == "" {
			name = strings.TrimPrefix(host, "https://")
		}
		if name != "" && !e.ended(now) {
			accounts = append(accounts, providers.Account{Host: name, Username: e.Username})
		}
	}
	return accounts
}
