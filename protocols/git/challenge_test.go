package git

import (
	"strings"
	"testing"

	"github.com/sesame-auth/sesame/protocols"
	"github.com/sesame-auth/sesame/providers"
)

// Git sends the first request of a large push without a credential's header, and the push fails; a password it sends.
// So a server that offers Basic alone gets one.
func TestTokenIsAPasswordWhereTheServerOffersBasicAlone(t *testing.T) {
	bearer := protocols.Answer{Token: &providers.Token{Value: providers.NewSecret("T"), Scheme: providers.Bearer}, Origin: protocols.Stored, Fingerprint: "f"}
	kept := bearer
	kept.Origin = protocols.Kept
	for _, row := range []struct {
		name   string
		offers []string
		answer protocols.Answer
		want   string
	}{
		{"nothing is known of the server", nil, bearer, "authtype=Bearer"},
		{"Basic", []string{`Basic realm="git"`}, bearer, "username=__token__"},
		{"Basic in capitals", []string{"BASIC"}, bearer, "username=__token__"},
		{"Bearer", []string{"Bearer"}, bearer, "authtype=Bearer"},
		{"both", []string{`Basic realm="git"`, `bearer realm="x"`}, bearer, "authtype=Bearer"},
		{"neither", []string{"Negotiate"}, bearer, "authtype=Bearer"},
		{"another beside Basic", []string{"Negotiate", "Basic"}, bearer, "username=__token__"},
		{"a cleared list", []string{"Basic", ""}, bearer, "authtype=Bearer"},
		{"a bare token that is kept", []string{"Basic"}, kept, "username=__token__"},
		{"a bare token that is kept, and nothing is known", nil, kept, "authtype=Bearer"},
	} {
		t.Run(row.name, func(t *testing.T) {
			text := "capability[]=authtype\ncapability[]=state\nprotocol=https\nhost=h.example\n"
			for _, offer := range row.offers {
				text += "wwwauth[]=" + offer + "\n"
			}
			r, err := parsed([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			got, err := appendAnswer(nil, r, row.answer)
			if err != nil || !strings.Contains(string(got), row.want+"\n") {
				t.Errorf("got %q, %v; want %s", got, err, row.want)
			}
			if heals := strings.Contains(string(got), "continue=1\n"); heals != (row.answer.Origin == protocols.Stored) {
				t.Errorf("got %q: a token from the store is renewed in either form", got)
			}
		})
	}
}
