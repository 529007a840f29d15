package git

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/sesame-auth/sesame/protocols"
	"github.com/sesame-auth/sesame/providers"
)

// told is a token in one line, for a table.
func told(t providers.Token) string {
	text := t.Scheme + " " + t.Username + ":" + t.Value.Reveal()
	if !t.Expires.IsZero() {
		text += " until " + t.Expires.UTC().Format(time.RFC3339)
	}
	if !t.State.IsZero() {
		text += " refreshed by " + t.State.Reveal()
	}
	return text
}

func TestStoreKeepsTheTokenInTheRequest(t *testing.T) {
	const password = hostLines + "username=me\npassword=p\n"
	tests := []struct{ name, request, want string }{
		{"a password", password, "Basic me:p"},
		{"ended by a blank line", password + "\npassword=x\n", "Basic me:p"},
		{"empty, both", hostLines + "username=\npassword=\n", "Basic :"},
		{"an empty password", hostLines + "username=me\npassword=\n", "Basic me:"},
		{"an empty account", hostLines + "username=\npassword=p\n", "Basic :p"},
		{"the account that stands for none", hostLines + "username=__token__\npassword=p\n", "Basic __token__:p"},
		{"any text", hostLines + "username=Zoë\npassword= p=ä\t\n", "Basic Zoë: p=ä\t"},
		{"CR LF", strings.ReplaceAll(password, "\n", "\r\n"), "Basic me:p"},
		{"a URL with its password", "url=https://me:p%40ss@git.example.com\n", "Basic me:p@ss"},
		{"of several passwords the last, as git does", password + "password=q\n", "Basic me:q"},
		{"with a refresh token", password + "oauth_refresh_token=R\n", "Basic me:p refreshed by R"},
		{"with an expiry", password + "password_expiry_utc=2000000000\n", "Basic me:p until 2033-05-18T03:33:20Z"},
		{"all that git knows", "capability[]=authtype\ncapability[]=state\n" + password +
			"oauth_refresh_token=R\nwwwauth[]=Basic\ncontinue=1\nstate[]=sesame:f1\nstate[]=other:1\nquit=0\n", "Basic me:p refreshed by R"},
		{"a credential", hostLines + "authtype=Bearer\ncredential=T\n", "Bearer :T"},
		{"a credential of an account", "capability[]=authtype\nauthtype=x-Other\ncredential=T\n" + hostLines + "username=me\n", "x-Other me:T"},
		{"a credential, and the password that was not sent", password + "authtype=Bearer\ncredential=T\n", "Bearer me:T"},
		{"a credential that no scheme says how to send", password + "credential=T\n", "Basic me:p"},
		{"a credential that holds a password", hostLines + "authtype=bAsIc\ncredential=bWU6cDpx\n", "Basic me:p:q"},
		{"a credential that holds nothing", hostLines + "authtype=Basic\ncredential=Og==\n", "Basic :"},
		{"a credential that holds another account", hostLines + "username=you\nauthtype=Basic\ncredential=bWU6cDpx\n", "Basic me:p:q"},
		{"not ephemeral", password + "ephemeral=0\n", "Basic me:p"},
		{"not ephemeral, in other words", password + "ephemeral=False\n", "Basic me:p"},
		{"not ephemeral after all", password + "ephemeral=1\nephemeral=off\n", "Basic me:p"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fake := &fakeTokens{}
			got, err := serve(t, "store", tt.request, fake)
			if err != nil || got != "" || len(fake.kept) != 1 || told(fake.kept[0]) != tt.want {
				t.Errorf("got %q, %v; kept %d; want %q", got, err, len(fake.kept), tt.want)
			} else if fake.keptFor[0] != example {
				t.Errorf("kept for %q", fake.keptFor[0])
			}
		})
	}
}

// A partial request is what git leaves behind when it gives up; half a token must not take the
// place of a whole one.
func TestStoreKeepsNothingOfAPartialRequest(t *testing.T) {
	tests := []struct{ name, request string }{
		{"nothing", ""},
		{"only a protocol", "protocol=https\n"},
		{"no secret", hostLines},
		{"an account without a password", hostLines + "username=me\n"},
		{"a password without an account", hostLines + "password=p\n"},
		{"no host", "protocol=https\nusername=me\npassword=p\n"},
		{"an empty host", "protocol=https\nhost=\nusername=me\npassword=p\n"},
		{"a certificate", "protocol=cert\nhost=\npath=x.pem\nusername=\npassword=p\n"},
		{"no protocol", "host=git.example.com\nusername=me\npassword=p\n"},
		{"a host that is none", "protocol=https\nhost=git.example.com/x\nusername=me\npassword=p\n"},
		{"behind the blank line", hostLines + "\nusername=me\npassword=p\n"},
		{"a credential without its scheme", hostLines + "username=me\ncredential=T\n"},
		{"a scheme without its credential", hostLines + "username=me\nauthtype=Bearer\n"},
		{"an empty credential", hostLines + "authtype=Bearer\ncredential=\n"},
		{"a scheme that is none", hostLines + "authtype=Bearer x\ncredential=T\n"},
		{"a credential that no header holds", hostLines + "authtype=Bearer\ncredential=Té\n"},
		{"Basic that is not base64", hostLines + "username=me\nauthtype=Basic\ncredential=?\n"},
		{"Basic that is no pair", hostLines + "username=me\nauthtype=Basic\ncredential=bWU=\n"},
		{"Basic with a line feed inside", hostLines + "authtype=Basic\ncredential=bWU6cAp4\n"},
		{"ephemeral", hostLines + "username=me\npassword=p\nephemeral=1\n"},
		{"an ephemeral credential", hostLines + "authtype=Bearer\ncredential=T\nephemeral=true\n"},
		{"ephemeral, said first", "ephemeral=YES\n" + hostLines + "username=me\npassword=p\n"},
		{"ephemeral in other words", hostLines + "username=me\npassword=p\nephemeral=on\n"},
		{"ephemeral, a number", hostLines + "username=me\npassword=p\nephemeral=2\n"},
		{"ephemeral is no boolean", hostLines + "username=me\npassword=p\nephemeral=maybe\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fake := &fakeTokens{err: errors.New("was asked")}
			if got, err := serve(t, "store", tt.request, fake); err != nil || got != "" || len(fake.kept) > 0 {
				t.Errorf("got %q, %v; kept %q", got, err, fake.keptFor)
			}
		})
	}
}

// Git has every program store what any of them, or a person, gave it.
func TestStoreIsSilentWhereNothingIsKept(t *testing.T) {
	failed := &providers.Error{Kind: providers.ErrUnavailable, Message: "disk full"}
	tests := []struct {
		name    string
		err     error
		message string
	}{
		{"a route that only reads", &protocols.ReadOnlyError{Provider: "pyx"}, ""},
		{"no route", providers.ErrNotFound, ""},
		{"a failure", failed, "store: disk full"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fake := &fakeTokens{err: tt.err}
			got, err := serve(t, "store", hostLines+"username=me\npassword=p\n", fake)
			if _, message := protocols.ExitCode(err); got != "" || message != tt.message || len(fake.kept) != 1 {
				t.Errorf("got %q, %q; want %q", got, message, tt.message)
			}
		})
	}
	fake := &fakeTokens{}
	if err := Serve(t.Context(), "store", iotest.ErrReader(io.ErrUnexpectedEOF), io.Discard, fake); err == nil || len(fake.kept) > 0 {
		t.Errorf("a request that cannot be read: %v", err)
	}
}

// The rows are what git 2.55 makes of them; the time is 2000-01-01, second 946684800.
func TestStoreReadsAnExpiryAsGitDoes(t *testing.T) {
	const never, dropped = "Basic me:p", ""
	tests := []struct{ name, expiry, want string }{
		{"later", "946684801", never + " until 2000-01-01T00:00:01Z"},
		{"this very second", "946684800", never + " until 2000-01-01T00:00:00Z"},
		{"a second ago", "946684799", dropped},
		{"long ago", "1", dropped},
		{"zero", "0", never},
		{"empty", "", never},
		{"words", "tomorrow", never},
		{"a fraction", "1.5", dropped},
		{"a date", "2030-01-01T00:00:00Z", dropped},
		{"milliseconds", "4102444800000", never},
		{"the last that counts", "9223372036", never + " until 2262-04-11T23:47:16Z"},
		{"one more", "9223372037", never},
		{"too large for 64 bits", "99999999999999999999", never},
		{"negative", "-1", never},
		{"a sign and white space", " +946684801 ", never + " until 2000-01-01T00:00:01Z"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				fake := &fakeTokens{}
				_, err := serve(t, "store", hostLines+"username=me\npassword=p\npassword_expiry_utc="+tt.expiry+"\n", fake)
				got := ""
				if len(fake.kept) == 1 {
					got = told(fake.kept[0])
				}
				if err != nil || got != tt.want {
					t.Errorf("kept %q, %v; want %q", got, err, tt.want)
				}
			})
		})
	}
}
