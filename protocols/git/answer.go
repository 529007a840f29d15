package git

import (
	"cmp"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/sesame-auth/sesame/protocols/internal/plain"
	"github.com/sesame-auth/sesame/providers"
)

// maxValue bounds a value in an answer, in bytes: its line must not be over maxLine.
const maxValue = maxLine - len("credential=\n")

// appendAnswer appends the answer that carries t. It names neither protocol nor host: git would
// store the token under what it is told.
//
// Only a git that says it knows authtype is answered with it. An older one
// would find no password and fail.
func appendAnswer(dst []byte, r *request, t *providers.Token) ([]byte, error) {
	scheme, value := cmp.Or(t.Scheme, providers.Bearer), t.Value.Reveal()
	if value == "" || len(value) > maxValue || !plain.ASCII(value) {
		return nil, errors.New("the token is empty, too long for git or not printable ASCII")
	}
	if r.authtype && !strings.EqualFold(scheme, providers.Basic) {
		if !plain.Scheme(scheme) {
			return nil, errors.New("the token's scheme " + strconv.Quote(scheme) + " cannot stand in a header")
		}
		dst = appendLine(dst, "capability[]", "authtype")
		dst = appendLine(dst, "authtype", scheme)
		dst = appendLine(dst, "credential", value)
		return appendExpiry(dst, t.Expires), nil
	}
	username := cmp.Or(t.Username, r.account(), providers.DefaultUsername)
	if len(username) > maxValue || strings.ContainsAny(username, "\r\n\x00") {
		return nil, errors.New("the token's username is too long for git or has a line break")
	}
	dst = appendLine(dst, "username", username)
	dst = appendLine(dst, "password", value)
	return appendExpiry(dst, t.Expires), nil
}

// appendExpiry appends the expiry in whole seconds, rounded down. Git takes anything but a
// positive integer for "never".
func appendExpiry(dst []byte, expires time.Time) []byte {
	seconds := expires.Unix()
	if expires.IsZero() || seconds <= 0 {
		return dst
	}
	return appendLine(dst, "password_expiry_utc", strconv.FormatInt(seconds, 10))
}

func appendLine(dst []byte, key, value string) []byte {
	dst = append(append(dst, key...), '=')
	return append(append(dst, value...), '\n')
}
