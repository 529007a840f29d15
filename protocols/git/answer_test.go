package git

import (
	"strings"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/protocols"
	"github.com/sesame-auth/sesame/providers"
)

func TestAnswerCarriesTheToken(t *testing.T) {
	old, known := &request{}, &request{knowsAuthtype: true}
	tests := []struct {
		name    string
		request *request
		token   providers.Token
		want    string
	}{
		{"basic", old, providers.Token{Scheme: "Basic", Username: "u"}, "username=u\npassword=T\n"},
		{"basic, where git knows authtype", known, providers.Token{Scheme: "Basic", Username: "u"}, "username=u\npassword=T\n"},
		{"bearer, where git does not", old, providers.Token{Scheme: "Bearer", Username: "u"}, "username=u\npassword=T\n"},
		{"bearer", known, providers.Token{Scheme: "Bearer", Username: "u"}, "capability[]=authtype\nauthtype=Bearer\ncredential=T\n"},
		{"no scheme counts as Bearer", known, providers.Token{}, "capability[]=authtype\nauthtype=Bearer\ncredential=T\n"},
		{"no account", old, providers.Token{}, "username=__token__\npassword=T\n"},
		{"the account that git asked for", &request{username: new("me")}, providers.Token{}, "username=me\npassword=T\n"},
		{"no account, asked for by its name", &request{username: new("__token__")}, providers.Token{}, "username=__token__\npassword=T\n"},
		{"an expiry, rounded down", old, providers.Token{Expires: time.Unix(2000000000, 999999999)},
			"username=__token__\npassword=T\npassword_expiry_utc=2000000000\n"},
		{"an expiry that git would take for never", old, providers.Token{Expires: time.Unix(0, 0)}, "username=__token__\npassword=T\n"},
		{"basic, in small letters", known, providers.Token{Scheme: "basic", Username: "u"}, "username=u\npassword=T\n"},
		{"letters beyond ASCII in the account", old, providers.Token{Username: "Zoë"}, "username=Zoë\npassword=T\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.token.Value, tt.token.State = providers.NewSecret("T"), providers.NewSecret("the provider's own")
			if got, err := appendAnswer(nil, tt.request, protocols.Answer{Token: &tt.token}); err != nil || string(got) != tt.want {
				t.Errorf("got %q, %v; want %q", got, err, tt.want)
			}
		})
	}
}

// A line break in a token would let a provider answer for another host.
func TestAnswerRefusesWhatALineCannotHold(t *testing.T) {
	tests := []struct {
		name                    string
		value, scheme, username string
		authtype                bool
	}{
		{"no token", "", "", "u", false},
		{"a line feed", "T\nhost=evil.test", "", "u", false},
		{"a CR", "T\r", "", "u", false},
		{"a NUL", "T\x00", "", "u", false},
		{"a line feed in the credential", "T\n", "", "u", true},
		{"a line feed in the account", "T", "", "u\nhost=evil.test", false},
		{"a NUL in the account", "T", "", "u\x00", false},
		{"a line feed in the scheme", "T", "Bearer\n", "u", true},
		{"no password", "", "Basic", "u", false},
		{"a control character in a password", "T\x1b", "basic", "u", false},
		{"a letter beyond ASCII in what goes into a header", "Té", "", "u", true},
		{"a scheme of two words", "T", "Bearer x", "u", true},
		{"too long for a line", strings.Repeat("T", 65536), "", "u", false},
		{"an account too long for a line", "T", "", strings.Repeat("u", 65536), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			token := &providers.Token{Value: providers.NewSecret(tt.value), Scheme: tt.scheme, Username: tt.username}
			if got, err := appendAnswer(nil, &request{knowsAuthtype: tt.authtype}, protocols.Answer{Token: token}); err == nil {
				t.Errorf("got %q", got)
			}
		})
	}
}

func BenchmarkAnswer(b *testing.B) {
	token := &providers.Token{Value: providers.NewSecret(strings.Repeat("T", 1200)), Expires: time.Unix(2000000000, 0)}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := appendAnswer(nil, &request{}, protocols.Answer{Token: token}); err != nil {
			b.Fatal(err)
		}
	}
}
