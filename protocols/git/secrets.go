package git

import (
	"strconv"
	"strings"

	"github.com/sesame-auth/sesame/providers"
)

// maxExpiry is the greatest expiry that counts, in Unix seconds: the year 2262, where nanoseconds
// in 64 bits end. What is later, milliseconds say, is as good as never.
const maxExpiry = 9_223_372_036

// secrets are the attributes of a token. Of several lines for one the last counts, as in git: unlike
// a second host it can send no token astray, and programs that read the same request must not
// each take another password from it.
type secrets struct {
	password     *string
	credential   *string // what stood in the header behind authtype
	authtype     string  // the scheme; "" if there is none
	refreshToken string
	expires      int64 // in Unix seconds; 0 is never
	ephemeral    bool  // not to be kept
}

// set takes an attribute, if it is one of a token.
func (s *secrets) set(key, value string) {
	switch key {
	case "password":
		s.password = &value
	case "credential":
		s.credential = &value
	case "authtype":
		s.authtype = value
	case "oauth_refresh_token":
		s.refreshToken = value
	case "password_expiry_utc":
		s.expires = parseExpiry(value)
	case "ephemeral":
		s.ephemeral = !isFalse(value)
	}
}

// carried returns what a server was sent: the credential where there is one, since git then sends
// no password, else the password. Of a credential of the scheme Basic it returns what is encoded
// in it. The scheme is "" where it is unknown, or that failed; username and secret are nil where there
// is none.
func (r *request) carried() (scheme string, username, secret *string) {
	if r.credential == nil || r.authtype == "" && r.password != nil {
		return providers.Basic, r.username, r.password
	}
	if !strings.EqualFold(r.authtype, providers.Basic) {
		return r.authtype, r.username, r.credential
	}
	name, password, ok := splitBasic(*r.credential)
	if !ok {
		return "", r.username, r.credential
	}
	return providers.Basic, &name, &password
}

// splitBasic reads a credential of the scheme Basic (RFC 7617, section 2). It is not ok if there is
// no username and password in it that lines can hold.
func splitBasic(credential string) (username, password string, ok bool) {
	text, ok := decodeBase64(credential)
	if !ok || strings.ContainsAny(text, "\r\n\x00") {
		return "", "", false
	}
	return strings.Cut(text, ":")
}

// parseExpiry reads an expiry as git does, by strtoumax: white space and a plus sign before the
// digits, and anything behind them, do not count. No number, zero, and one that is
// negative or too large are never, which is 0.
func parseExpiry(value string) int64 {
	digits := strings.TrimPrefix(strings.TrimLeft(value, " \t\n\v\f\r"), "+")
	end := 0
	for end < len(digits) && digits[end] >= '0' && digits[end] <= '9' {
		end++
	}
	seconds, err := strconv.ParseInt(digits[:end], 10, 64)
	if err != nil || seconds > maxExpiry {
		return 0
	}
	return seconds
}

// isFalse reports whether value is one of git's ways to write false (git-config(1), boolean). What
// is no boolean, for which git fails, is not: a token too many must not be kept.
func isFalse(value string) bool {
	switch strings.ToLower(value) {
	case "", "0", "false", "no", "off":
		return true
	}
	return false
}
