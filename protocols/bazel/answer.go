package bazel

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sesame-auth/sesame/protocols"
	"github.com/sesame-auth/sesame/protocols/internal/jsontext"
	"github.com/sesame-auth/sesame/protocols/internal/plain"
	"github.com/sesame-auth/sesame/providers"
)

// noHeaders is the answer where there is no token. Bazel refuses an empty answer,
// and null in the place of the object.
const noHeaders = `{"headers":{}}` + "\n"

// maxAnswer bounds an answer, in bytes. Bazel does not read before the program has
// ended, so an answer must fit into the pipe: 64 KiB on Linux.
const maxAnswer = 60_000

// maxYear bounds what is told of an expiry. Bazel counts nanoseconds in 64 bits, and
// its server crashes on a time more than 292 years away.
const maxYear = 2200

// appendAnswer appends the answer that carries the token of a.
func appendAnswer(dst []byte, a protocols.Answer) ([]byte, error) {
	scheme, value, err := authorization(a)
	if err != nil {
		return nil, err
	}
	dst = slices.Grow(dst, max(len(value)+256, 1024)) // at least the size of the request's buffer
	dst = append(dst, `{"headers":{"Authorization":["`...)
	dst = append(append(dst, scheme...), ' ')
	dst = jsontext.AppendEscaped(dst, value)
	dst = append(dst, `"]}`...)
	dst = appendExpires(dst, a.Token.Expires)
	dst = append(dst, "}\n"...)
	if len(dst) > maxAnswer {
		return nil, errors.New("the token is too long for bazel: the answer has " +
			strconv.Itoa(len(dst)) + " bytes, and bazel would wait for ever for more than " +
			strconv.Itoa(maxAnswer))
	}
	return dst, nil
}

// appendExpires appends the expiry in whole seconds, rounded down: Bazel rejects an
// answer with a fraction of a second, or with an expiry that is null or empty.
func appendExpires(dst []byte, expires time.Time) []byte {
	expires = expires.UTC()
	if expires.IsZero() || expires.Year() < 1970 || expires.Year() > maxYear {
		return dst
	}
	dst = append(dst, `,"expires":"`...)
	dst = expires.AppendFormat(dst, "2006-01-02T15:04:05Z")
	return append(dst, '"')
}

// authorization returns the two parts of the Authorization header (RFC 9110, section 11.6.2),
// or an error if no header can hold them: Bazel crashes on a line break in one and mangles
// what is not ASCII.
func authorization(a protocols.Answer) (scheme, value string, err error) {
	scheme, value = cmp.Or(a.Token.Scheme, providers.Bearer), a.Token.Value.Reveal()
	if strings.EqualFold(scheme, providers.Basic) {
		value, err = basic(a)
		return providers.Basic, value, err
	}
	if value == "" || !plain.ASCII(value) {
		return "", "", errors.New("the token is empty or not printable ASCII")
	}
	if !plain.Scheme(scheme) {
		return "", "", errors.New("the token's scheme " + strconv.Quote(scheme) + " cannot stand in a header")
	}
	return scheme, value, nil
}

// basic follows RFC 7617, section 2: a colon ends the username, and neither part has
// control characters. Either may be empty, but only a tool that handed the token in can
// have meant that.
func basic(a protocols.Answer) (string, error) {
	username, value, kept := a.Token.Username, a.Token.Value.Reveal(), a.Origin == protocols.Kept
	if !kept {
		username = cmp.Or(username, providers.DefaultUsername)
	}
	control := func(r rune) bool { return r < ' ' || r == 0x7f }
	if strings.ContainsFunc(username, control) || strings.IndexByte(username, ':') >= 0 {
		return "", errors.New("the token's username has a colon or a control character, " +
			"which the scheme Basic cannot carry")
	}
	if value == "" && !kept || strings.ContainsFunc(value, control) {
		return "", errors.New("the token is empty or has a control character")
	}
	return string(appendBase64(nil, username+":"+value)), nil
}

// appendBase64 appends s in the encoding of RFC 4648, section 4. It is here because package
// encoding/base64 builds its tables at every start of a program that links it.
func appendBase64(dst []byte, s string) []byte {
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	for ; len(s) >= 3; s = s[3:] {
		n := uint(s[0])<<16 | uint(s[1])<<8 | uint(s[2])
		dst = append(dst, digits[n>>18], digits[n>>12&63], digits[n>>6&63], digits[n&63])
	}
	switch len(s) {
	case 1:
		n := uint(s[0]) << 16
		dst = append(dst, digits[n>>18], digits[n>>12&63], '=', '=')
	case 2:
		n := uint(s[0])<<16 | uint(s[1])<<8
		dst = append(dst, digits[n>>18], digits[n>>12&63], digits[n>>6&63], '=')
	}
	return dst
}
