package git

import (
	"strings"
	"testing"

	"github.com/sesame-auth/sesame/providers"
)

func TestEraseForgetsTheTokenThatWasRefused(t *testing.T) {
	tests := []struct{ name, request, want string }{
		{"the password", hostLines + "username=u\npassword=T\n", "u " + example + " T"},
		{"the credential", "capability[]=authtype\n" + hostLines + "authtype=Bearer\ncredential=T\n", " " + example + " T"},
		{"the account that stands for none", hostLines + "username=__token__\npassword=T\n", " " + example + " T"},
		{"with a path", hostLines + "path=org/repo.git\npassword=T\n", " " + example + "/org/repo.git T"},
		{"whichever it was", hostLines, " " + example + " "},
		{"a URL with its password", "url=https://u:p%40ss@git.example.com\n", "u " + example + " p@ss"},
		{"with a challenge and an expiry", hostLines + "password=T\nwwwauth[]=Basic\npassword_expiry_utc=1\n", " " + example + " T"},
		{"a credential that holds a password", "capability[]=authtype\n" + hostLines + "authtype=basic\ncredential=dTpwQHNz\n",
			"u " + example + " p@ss"},
		{"a credential that holds none", hostLines + "authtype=Basic\ncredential=?\n", " " + example + " ?"},
		{"a credential of no scheme", hostLines + "credential=T\n", " " + example + " T"},
		{"a credential, and the password that was not sent", hostLines + "password=P\nauthtype=Bearer\ncredential=T\n",
			" " + example + " T"},
		{"all that git knows of a token of ours", "capability[]=authtype\ncapability[]=state\n" + hostLines +
			"username=u\npassword=T\noauth_refresh_token=R\nephemeral=1\ncontinue=1\nstate[]=sesame:1\n", "u " + example + " T"},
		{"an empty password", hostLines + "password=\n", ""},
		{"no host", "protocol=https\npassword=T\n", ""},
		{"an empty host", "protocol=https\nhost=\npassword=T\n", ""},
		{"no protocol", "host=git.example.com\npassword=T\n", ""},
		{"nothing", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			// It fails, and nobody hears of it: git erases with every program.
			fake := &fakeTokens{err: providers.ErrUnavailable}
			got, err := serve(t, "erase", tt.request, fake)
			if err != nil || got != "" || strings.Join(fake.forgotten, "|") != tt.want {
				t.Errorf("got %q, %v; forgot %q, want %q", got, err, fake.forgotten, tt.want)
			}
		})
	}
}
