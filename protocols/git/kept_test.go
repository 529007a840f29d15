package git

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/protocols"
	"github.com/sesame-auth/sesame/providers"
)

func TestGetHandsBackWhatWasKept(t *testing.T) {
	known := "capability[]=authtype\n"
	tests := []struct {
		name, request string
		token         providers.Token
		value, want   string
	}{
		{"a password", "", providers.Token{Scheme: "Basic", Username: "me"}, "p", "username=me\npassword=p\n"},
		{"a password, where git knows more", both, providers.Token{Scheme: "Basic", Username: "me"}, "p", "username=me\npassword=p\n"},
		{"nothing at all, for a server that wants that", "", providers.Token{Scheme: "Basic"}, "", "username=\npassword=\n"},
		{"an empty account", "", providers.Token{Scheme: "Basic"}, "p", "username=\npassword=p\n"},
		{"an empty password", "", providers.Token{Scheme: "Basic", Username: "me"}, "", "username=me\npassword=\n"},
		{"the account's name is not git's", "username=you\n", providers.Token{Scheme: "Basic"}, "p", "username=\npassword=p\n"},
		{"any text", "", providers.Token{Scheme: "Basic", Username: "Zoë"}, "pä =\t\x1b\xff", "username=Zoë\npassword=pä =\t\x1b\xff\n"},
		{"with a refresh token and an expiry", "", providers.Token{Scheme: "Basic", Username: "me",
			State: providers.NewSecret("R"), Expires: time.Unix(2000000000, 0)}, "p",
			"username=me\npassword=p\noauth_refresh_token=R\npassword_expiry_utc=2000000000\n"},
		{"a credential", known, providers.Token{Scheme: "Bearer"}, "T", "capability[]=authtype\nauthtype=Bearer\ncredential=T\n"},
		{"a credential of an account", known, providers.Token{Scheme: "NTLM", Username: "me", State: providers.NewSecret("R")}, "T",
			"capability[]=authtype\nauthtype=NTLM\ncredential=T\nusername=me\noauth_refresh_token=R\n"},
		{"a credential, where git does not know of them", "", providers.Token{Scheme: "Bearer"}, "T", "username=__token__\npassword=T\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.token.Value = providers.NewSecret(tt.value)
			fake := only(protocols.Answer{Token: &tt.token, Origin: protocols.Kept})
			if got, err := serve(t, "get", tt.request+hostLines, fake); err != nil || got != tt.want {
				t.Errorf("got %q, %v; want %q", got, err, tt.want)
			}
		})
	}
}

func TestGetRefusesWhatWasKeptAndNoLineCanHold(t *testing.T) {
	tests := []struct{ name, scheme, username, value, state string }{
		{"a line feed in the password", "Basic", "me", "p\nhost=evil.test", ""},
		{"a CR at its end", "Basic", "me", "p\r", ""},
		{"a NUL in the account", "Basic", "m\x00e", "p", ""},
		{"a line feed in the refresh token", "Basic", "me", "p", "R\nhost=evil.test"},
		{"a refresh token too long for a line", "Basic", "me", "p", strings.Repeat("R", 65535-len("oauth_refresh_token="))},
		{"a password too long for a line", "Basic", "me", strings.Repeat("p", 65535-len("password=")), ""},
		{"a credential that is empty", "Bearer", "me", "", ""},
		{"a line feed in the account of a credential", "Bearer", "m\ne", "T", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			token := &providers.Token{Scheme: tt.scheme, Username: tt.username,
				Value: providers.NewSecret(tt.value), State: providers.NewSecret(tt.state)}
			got, err := serve(t, "get", both+hostLines, only(protocols.Answer{Token: token, Origin: protocols.Kept}))
			if err == nil || got != "" || strings.Contains(err.Error(), "evil") {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}

// The longest line that git stores must be the longest that it is answered.
func TestGetHandsBackTheLongestLine(t *testing.T) {
	line := "password=" + strings.Repeat("p", 65535-len("password=\n")) + "\n"
	fake := &fakeTokens{}
	if _, err := serve(t, "store", hostLines+"username=me\n"+line, fake); err != nil || len(fake.kept) != 1 {
		t.Fatalf("kept %d, %v", len(fake.kept), err)
	}
	got, err := serve(t, "get", hostLines, only(protocols.Answer{Token: &fake.kept[0], Origin: protocols.Kept}))
	if err != nil || got != "username=me\n"+line {
		t.Errorf("got %d bytes, %v", len(got), err)
	}
}

// accountsOf answers with the first account where any is asked for.
type accountsOf struct {
	protocols.Tokens
	names  []string
	origin protocols.Origin
}

func (a accountsOf) Token(_ context.Context, _ providers.URL, username string) (protocols.Answer, error) {
	for _, name := range a.names {
		if username == "" || name == username {
			token := &providers.Token{Scheme: "Basic", Username: name, Value: providers.NewSecret("of " + name)}
			return protocols.Answer{Token: token, Origin: a.origin}, nil
		}
	}
	return protocols.Answer{}, providers.ErrNotFound
}

// Some servers call an account __token__, which elsewhere stands for an account without a name.
func TestGetFindsAKeptAccountWhoseNameStandsForNone(t *testing.T) {
	const request = hostLines + "username=__token__\n"
	tests := []struct {
		name   string
		tokens accountsOf
		want   string
	}{
		{"alone", accountsOf{names: []string{"__token__"}, origin: protocols.Kept}, "username=__token__\npassword=of __token__\n"},
		{"behind another", accountsOf{names: []string{"me", "__token__"}, origin: protocols.Kept},
			"username=__token__\npassword=of __token__\n"},
		{"not there", accountsOf{names: []string{"me"}, origin: protocols.Kept}, ""},
		{"of a provider, which has no such account", accountsOf{names: []string{"me", "__token__"}}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, err := serve(t, "get", request, tt.tokens); err != nil || got != tt.want {
				t.Errorf("got %q, %v; want %q", got, err, tt.want)
			}
		})
	}
}
