package docker

import (
	"cmp"
	"errors"
	"unicode/utf8"

	"github.com/sesame-auth/sesame/protocols"
	"github.com/sesame-auth/sesame/protocols/internal/jsontext"
	"github.com/sesame-auth/sesame/providers"
)

// appendAnswer appends the answer that carries t. Both username and secret must hold
// something: tools differ in what they make of an empty one.
func appendAnswer(dst []byte, serverURL string, t *providers.Token) ([]byte, error) {
	username, secret := cmp.Or(t.Username, providers.DefaultUsername), t.Value.Reveal()
	if secret == "" || !utf8.ValidString(secret) || !utf8.ValidString(username) {
		return nil, errors.New("the token is empty or not UTF-8")
	}
	dst = jsontext.AppendString(append(dst, `{"ServerURL":`...), serverURL)
	dst = jsontext.AppendString(append(dst, `,"Username":`...), username)
	dst = jsontext.AppendString(append(dst, `,"Secret":`...), secret)
	return append(dst, "}\n"...), nil
}

// appendList appends a JSON object of registries and their usernames. Docker Hub gets the
// name by which the tools look for it; its other names are left out, since get asks for none of
// them, and so is a name that comes again.
func appendList(dst []byte, accounts []protocols.Account) []byte {
	listed := make(map[string]bool, len(accounts))
	dst = append(dst, '{')
	for _, account := range accounts {
		name := account.Host
		if name == hubHost {
			name = hubURL
		}
		if isHub(name) || listed[name] {
			continue
		}
		if len(listed) > 0 {
			dst = append(dst, ',')
		}
		listed[name] = true
		dst = append(jsontext.AppendString(dst, name), ':')
		dst = jsontext.AppendString(dst, cmp.Or(account.Username, providers.DefaultUsername))
	}
	return append(dst, "}\n"...)
}
