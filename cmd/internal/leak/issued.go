package leak

import (
	"encoding/base64"
	"strconv"
)

// AddIssued looks for every token that an issuer of package pyxtest makes, whenever it makes it: for the header
// of its access tokens, for the beginning of their claims, and for "refresh-" with a number.
func (s *Scan) AddIssued() {
	encode := base64.RawURLEncoding.EncodeToString
	s.Add(encode([]byte(`{"alg":"none","typ":"JWT"}`)), encode([]byte(`{"iss":"pyxtest","jti":"`)))
	for digit := 1; digit <= 9; digit++ {
		s.Add("refresh-" + strconv.Itoa(digit))
	}
}
