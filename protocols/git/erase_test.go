package git

import (
	"strings"
	"testing"

	"github.com/sesame-auth/sesame/providers"
)

// Git stores with every program in its list what any of them, or a person, gave it.
func TestStoreKeepsNothing(t *testing.T) {
	for _, request := range []string{
		"protocol=https\nhost=git.example.com\nusername=u\npassword=T\npassword_expiry_utc=2000000000\n",
		"protocol=https\nhost=git.example.com\nusername=me\npassword=typed\n\n",
		"protocol=https\nhost=git.example.com\n", "protocol=https\n", "",
	} {
		// No method of the nil interface may be called.
		if got, err := serve(t, "store", request, nil); err != nil || got != "" {
			t.Errorf("%q: got %q, %v", request, got, err)
		}
	}
}

func TestEraseForgetsTheTokenThatWasRefused(t *testing.T) {
	const host = "protocol=https\nhost=git.example.com\n"
	tests := []struct{ name, request, want string }{
		{"the password", host + "username=u\npassword=T\n", "u " + example + " T"},
		{"the credential", "capability[]=authtype\n" + host + "authtype=Bearer\ncredential=T\n", " " + example + " T"},
		{"the account that stands for none", host + "username=__token__\npassword=T\n", " " + example + " T"},
		{"with a path", host + "path=org/repo.git\npassword=T\n", " " + example + "/org/repo.git T"},
		{"whichever it was", host, " " + example + " "},
		{"a URL with its password", "url=https://u:p%40ss@git.example.com\n", "u " + example + " p@ss"},
		{"with a challenge and an expiry", host + "password=T\nwwwauth[]=Basic\npassword_expiry_utc=1\n", " " + example + " T"},
		{"an empty password", host + "password=\n", ""},
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
