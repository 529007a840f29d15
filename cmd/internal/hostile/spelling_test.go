//go:build unix

package hostile

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
)

// spellings returns the text as programs print it: as it is, percent-encoded, in JSON, in
// hexadecimal, and what base64 makes of it wherever it stands in a longer text.
func spellings(secret string) []string {
	quoted, _ := json.Marshal(secret) // a string cannot fail
	all := []string{
		secret, url.QueryEscape(secret), url.PathEscape(secret), strings.Trim(string(quoted), `"`),
		hex.EncodeToString([]byte(secret)),
	}
	for offset := range 3 {
		// The characters at both ends also depend on what stands beside the secret.
		text := append(make([]byte, offset), secret...)
		for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			encoded := encoding.EncodeToString(text)
			first := (offset*8 + 5) / 6
			all = append(all, encoded[first:len(encoded)-1])
		}
	}
	return all
}

// A search that overlooks a spelling finds nothing, and says that all is well.
func TestSpellingsFindASecretInBasicAndInURLs(t *testing.T) {
	secret := newSecret("token")
	for _, text := range []string{
		secret, "x=" + url.QueryEscape(secret), hex.EncodeToString([]byte("ab" + secret)),
		base64.StdEncoding.EncodeToString([]byte("u:" + secret)), base64.StdEncoding.EncodeToString([]byte("us:" + secret)),
		base64.URLEncoding.EncodeToString([]byte("usr:" + secret + "tail")),
	} {
		if !holds(text, secret) {
			t.Errorf("%q is not found in %q", secret, text)
		}
	}
	if holds(secret[:len(secret)-2], secret) {
		t.Error("found in a text that lacks its end")
	}
}

// holds reports whether text has the secret in any spelling.
func holds(text, secret string) bool {
	for _, spelling := range spellings(secret) {
		if strings.Contains(text, spelling) {
			return true
		}
	}
	return false
}
