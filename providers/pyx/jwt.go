package pyx

import (
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// maxTime bounds the seconds of a time that is believed: the year 9999 ends there.
const maxTime = 253402300799

// times returns when a JWT says that it was issued and that it expires (RFC 7519,
// sections 4.1.6 and 4.1.4), zero where it does not, or where token is no JWT. It is for the
// issuer's server to check the signature; here the token is only kept and sent back.
func times(token string) (issued, expires time.Time) {
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

// numericDate reads whole seconds since 1970, the form that uv reads.
func numericDate(text json.RawMessage) time.Time {
	seconds, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil || seconds <= 0 || seconds > maxTime {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}
