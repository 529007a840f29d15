package core

import (
	"errors"
	"strings"
	"time"

	"github.com/sesame-auth/sesame/providers"
)

// Limits on what a provider may return, in bytes.
const (
	maxValue    = 64 << 10
	maxState    = 128 << 10
	maxUsername = 1 << 10
	maxScheme   = 64
)

// check refuses a token that could break a protocol's framing, or is of no use. It is done
// here, once for every provider and protocol.
func check(t *providers.Token, now time.Time) error {
	if t.Value.IsZero() {
		return errors.New("it is empty")
	}
	if !t.Expires.IsZero() && !t.Expires.After(now) {
		return errors.New("it expired at " + t.Expires.UTC().Format(time.RFC3339))
	}
	return checkForm(t)
}

// maxName bounds a tool's own name for a URL, in bytes.
const maxName = 2 << 10

// checkKept refuses a token that a tool hands in and that could break a protocol's framing. A password
// may be empty, and so may its username.
func checkKept(t *providers.Token, name string) error {
	switch {
	case len(name) > maxName || !framable(name):
		return errors.New("the name of its host is too long or has a control character")
	case t.Value.IsZero() && t.Scheme != providers.Basic:
		return errors.New("it is empty")
	case !framable(t.State.Reveal()):
		return errors.New("its refresh token has a control character")
	}
	return checkForm(t)
}

// checkForm refuses what a header, a line or a JSON text could not carry as it is.
func checkForm(t *providers.Token) error {
	value := t.Value.Reveal()
	switch {
	case len(value) > maxValue || len(t.State.Reveal()) > maxState ||
		len(t.Username) > maxUsername || len(t.Scheme) > maxScheme:
		return errors.New("it is too long")
	case t.Scheme != providers.Basic && !graphic(value):
		return errors.New("it has characters other than printable ASCII")
	case !framable(value):
		return errors.New("it has a control character")
	case !framable(t.Username) || strings.IndexByte(t.Username, ':') >= 0:
		return errors.New("its username has a control character or a colon")
	case !isSchemeName(t.Scheme):
		return errors.New("its scheme is not a name")
	}
	return nil
}

// graphic reports whether text is visible ASCII, the characters that a header
// value, a git line and a JSON string all carry as they are. A password is
// encoded where it goes into a header, and may have others.
func graphic(text string) bool {
	for i := range len(text) {
		if text[i] <= ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}

// framable reports whether text has no control character, and so cannot end a line. A
// colon would end the username in "Basic" (RFC 7617, section 2).
func framable(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] == 0x7f {
			return false
		}
	}
	return true
}

// isSchemeName follows RFC 9110, section 11.1, without its odder characters.
func isSchemeName(text string) bool {
	for i := range len(text) {
		c := text[i] | 0x20
		if !(c >= 'a' && c <= 'z' || text[i] >= '0' && text[i] <= '9' || text[i] == '-') {
			return false
		}
	}
	return true
}
