// Package jwt reads from a JSON Web Token how long it lives (RFC 7519). The signature is for
// the server that gets the token to check: here it is only kept and sent on.
package jwt

import (
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// maxToken bounds a token that is looked at, in bytes: the core takes none that is longer.
const maxToken = 64 << 10

// maxTime bounds the seconds of a time that is believed: the year 9999 ends there.
const maxTime = 253402300799

// Times returns when a token says that it was issued and that it expires (RFC 7519,
// sections 4.1.6 and 4.1.4), each zero where it does not, or where it is no JWT.
// issued is zero, too, where it is not before expires.
func Times(token string) (issued, expires time.Time) {
	if len(token) > maxToken {
		return
	}
	_, rest, _ := strings.Cut(token, ".")
	payload, signature, ok := strings.Cut(rest, ".")
	if !ok || strings.Contains(signature, ".") {
		return
	}
	text, err := base64.RawURLEncoding.DecodeString(payload)
	if err != nil {
		return
	}
	var claims struct {
		Issued  json.RawMessage `json:"iat"`
		Expires json.RawMessage `json:"exp"`
	}
	if json.Unmarshal(text, &claims) != nil {
		return
	}
	issued, expires = numericDate(claims.Issued), numericDate(claims.Expires)
	if !issued.Before(expires) {
		issued = time.Time{} // a life that ends before it begins is a mistake
	}
	return issued, expires
}

// numericDate reads seconds since 1970, and drops a fraction of one (RFC 7519, section 2).
func numericDate(text json.RawMessage) time.Time {
	seconds, err := strconv.ParseFloat(string(text), 64)
	if err != nil || seconds < 1 || seconds > maxTime {
		return time.Time{}
	}
	return time.Unix(int64(seconds), 0).UTC()
}
