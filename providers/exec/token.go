package exec

import (
	"cmp"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/internal/jwt"
)

// Limits of the contract, in bytes.
const (
	maxValue    = 64 << 10
	maxUsername = 1 << 10
)

// token makes a token of an answer. The error is as that of a format's read.
func (s settings) token(a ask, got answer, started, now time.Time) (*providers.Token, error) {
	if got.username != "" && a.username != "" && got.username != a.username {
		return nil, nothing("has a token of another account only")
	}
	username := cmp.Or(got.username, a.username)
	scheme := cmp.Or(got.scheme, s.Scheme)
	if scheme == "" {
		scheme = providers.Bearer
		if username != "" {
			scheme = providers.Basic
		}
	}
	if err := checkSendable(username, scheme, got.value); err != nil {
		return nil, err
	}
	token := &providers.Token{
		Username: username, Value: providers.NewSecret(got.value), Scheme: scheme, Expires: got.expires,
	}
	if token.Expires.IsZero() {
		token.Issued, token.Expires = jwt.Times(got.value)
	}
	if token.Expires.IsZero() && s.Lifetime != 0 {
		token.Expires = started.Add(s.Lifetime)
	}
	if !token.Expires.IsZero() && !token.Expires.After(now) {
		return nil, errors.New("its token expired at " + token.Expires.UTC().Format(time.RFC3339))
	}
	return token, nil
}

// checkSendable refuses what no header carries (RFC 9110, section 5.5; RFC 7617, section 2).
func checkSendable(username, scheme, value string) error {
	control := func(r rune) bool { return r < ' ' || r == 0x7f }
	invisible := func(r rune) bool { return r <= ' ' || r > '~' }
	switch {
	case value == "":
		return errors.New("its token is empty")
	case len(value) > maxValue || len(username) > maxUsername:
		return errors.New("its token is longer than 64 KiB, or its username than 1 KiB")
	case !utf8.ValidString(value) || !utf8.ValidString(username):
		return errors.New("its token or its username is not UTF-8")
	case strings.ContainsFunc(value, control):
		return errors.New("its token has a control character")
	case scheme != providers.Basic && strings.ContainsFunc(value, invisible):
		return errors.New("its token has white space, or characters other than ASCII")
	case strings.ContainsFunc(username, control) || strings.IndexByte(username, ':') >= 0:
		return errors.New("its username has a control character or a colon")
	}
	return nil
}
