package oauth2

import (
	"strings"
	"time"

	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/internal/jwt"
)

// maxToken bounds a token, in bytes: the core takes none that is longer.
const maxToken = 64 << 10

// token returns the token of an answer, with a state for the next time. One that no tool could use is an
// error, unless a refresh token came with it: the core refuses such a token too, and keeps its state, without
// which the next refresh would spend a refresh token that is spent.
func (c *client) token(a answer, st state) (*providers.Token, error) {
	endpoint, _, _ := strings.Cut(a.endpoint, "?")
	if !isBearer(a.token.TokenType) {
		return nil, loginRequired(endpoint+": its token is not of the type Bearer, and no tool can use another", "")
	}
	t := &providers.Token{
		Username: c.req.Username, Value: providers.NewSecret(a.token.AccessToken), Scheme: providers.Bearer, State: st.secret(),
	}
	t.Issued, t.Expires = a.life()
	switch usable := sendable(a.token.AccessToken); {
	case !usable && st.Refresh == "":
		return nil, unavailable(endpoint + ": the answer has no access token that can be used")
	case st.Refresh == "" && !t.Expires.IsZero() && !t.Expires.After(time.Now()):
		return nil, unavailable(endpoint + ": the new token has expired already")
	case usable && t.Username != "":
		t.Scheme = providers.Basic // a password need not be fit for a header, and this must be
	}
	return t, nil
}

// isBearer reports whether a tool may carry a token of this type as it carries any other (RFC 6749,
// section 7.1). "N_A" is what is exchanged for something that is no access token (RFC 8693, section
// 2.2.1). Some servers forget the type.
func isBearer(kind string) bool {
	return kind == "" || strings.EqualFold(kind, providers.Bearer) || kind == "N_A"
}

// sendable reports whether a header can carry the token (RFC 9110, section 5.5), without
// the white space that no token has.
func sendable(token string) bool {
	for i := range len(token) {
		if token[i] <= ' ' || token[i] > '~' {
			return false
		}
	}
	return token != "" && len(token) <= maxToken
}

// life returns when the token's life began and when it ends, by this machine's clock: a lifetime
// counts from when the token was asked for, and an end that a JWT names is moved by what the server's
// clock differs. The end is zero where there is neither.
func (a answer) life() (issued, expires time.Time) {
	if a.lifetime > 0 {
		return a.sent, a.sent.Add(a.lifetime)
	}
	began, ends := jwt.Times(a.token.AccessToken)
	if ends.IsZero() || a.date.IsZero() {
		return a.sent, ends
	}
	left := ends.Sub(a.date)
	if !began.IsZero() {
		left = min(left, ends.Sub(began)) // whatever the Date says, no token lives for longer
	}
	return a.sent, a.sent.Add(left)
}
