package oauth2

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/sesame-auth/sesame/providers"
)

// A state is what [providers.Token.State] holds.
type state struct {
	// Refresh is the refresh token to spend next.
	Refresh string `json:"refresh_token,omitempty"`
	// Of is the fingerprint of the refresh token in a file that Refresh has come of.
	Of string `json:"of,omitempty"`
	// Lasting says that the server named neither an end of the token nor a refresh token.
	Lasting bool `json:"lasting,omitempty"`
}

// readState returns what the last token brought; the zero state if there is none, or none
// that this version can read.
func readState(previous *providers.Token) (st state) {
	if previous == nil || json.Unmarshal([]byte(previous.State.Reveal()), &st) != nil {
		return state{}
	}
	if !previous.Expires.IsZero() {
		st.Lasting = false
	}
	return st
}

// secret returns the state as a token carries it.
func (st state) secret() providers.Secret {
	if st == (state{}) {
		return providers.Secret{}
	}
	text, _ := json.Marshal(st) // strings and a bool always have a JSON
	return providers.NewSecret(string(text))
}

// fingerprint tells one token from another without being one.
func fingerprint(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
