package git

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/sesame-auth/sesame/protocols"
)

func TestGetAnswersEveryFormOfARequest(t *testing.T) {
	const (
		expiry = "password_expiry_utc=2000000000\n"
		basic  = "username=u\npassword=T\n" + expiry
		bearer = "capability[]=authtype\nauthtype=Bearer\ncredential=T\n" + expiry
	)
	tests := []struct{ name, request, want, asked string }{
		{"with a blank line", "protocol=https\nhost=git.example.com\n\n", basic, " " + example},
		{"ended by its end", hostLines, basic, " " + example},
		{"without the last line feed", "protocol=https\nhost=git.example.com", basic, " " + example},
		{"CR LF", "protocol=https\r\nhost=git.example.com\r\n\r\n", basic, " " + example},
		{"text behind the blank line", "protocol=https\nhost=git.example.com\n\nhost=evil.test\n", basic, " " + example},
		{"unknown attributes", "protocol=https\nfoo=bar\nhost=git.example.com\nbaz[]=1\n", basic, " " + example},
		{"challenges", "protocol=https\nhost=git.example.com\nwwwauth[]=Basic realm=\"x\"\n", basic, " " + example},
		{"a value with an equals sign", "protocol=https\nhost=git.example.com\nfoo=a=b\n", basic, " " + example},
		{"a key that begins with a blank is another key", "protocol=https\nhost=git.example.com\n host=x\n", basic, " " + example},
		{"authtype is known", "capability[]=authtype\ncapability[]=state\nprotocol=https\nhost=git.example.com\n", bearer, " " + example},
		{"authtype is announced last", "protocol=https\nhost=git.example.com\ncapability[]=authtype\n", bearer, " " + example},
		{"authtype is withdrawn", "capability[]=authtype\ncapability[]=\nprotocol=https\nhost=git.example.com\n", basic, " " + example},
		{"an unknown capability", "capability[]=zzz\nprotocol=https\nhost=git.example.com\n", basic, " " + example},
		{"what is only stored", "password=x\noauth_refresh_token=x\npassword_expiry_utc=1\nephemeral=1\nauthtype=Basic\ncredential=x\n" +
			hostLines, basic, " " + example},
		{"words to another program", "continue=1\nquit=1\n" + hostLines, basic, " " + example},
		{"the state of another program", "capability[]=state\nstate[]=other:1\nprotocol=https\nhost=git.example.com\n", basic, " " + example},
		{"upper case", "protocol=HTTPS\nhost=GIT.Example.COM\n", basic, " " + example},
		{"the default port", "protocol=https\nhost=git.example.com:443\n", basic, " " + example},
		{"another port", "protocol=https\nhost=git.example.com:8443\n", basic, " " + example + ":8443"},
		{"http on this machine", "protocol=http\nhost=127.0.0.1:8080\n", basic, " http://127.0.0.1:8080"},
		{"IPv6", "protocol=https\nhost=[::1]:9\n", basic, " https://[::1]:9"},
		{"an account", "protocol=https\nhost=git.example.com\nusername=u\n", basic, "u " + example},
		{"an empty account", "protocol=https\nhost=git.example.com\nusername=\n", basic, " " + example},
		{"a path", "protocol=https\nhost=git.example.com\npath=org/repo.git\n", basic, " " + example + "/org/repo.git"},
		{"an empty path", "protocol=https\nhost=git.example.com\npath=\n", basic, " " + example},
		{"an attribute twice, the same", "protocol=https\nhost=git.example.com\nhost=git.example.com\n", basic, " " + example},
		{"a URL", "url=https://git.example.com/a\n", basic, " " + example + "/a"},
		{"a URL with an account", "url=https://u@git.example.com\n", basic, "u " + example},
		{"a URL and its parts", "url=https://git.example.com\nprotocol=https\nhost=git.example.com\n", basic, " " + example},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fake := &fakeTokens{answers: examples()}
			got, err := serve(t, "get", tt.request, fake)
			if err != nil || got != tt.want {
				t.Errorf("got %q, %v; want %q", got, err, tt.want)
			}
			if !slices.Equal(fake.asked, []string{tt.asked}) {
				t.Errorf("asked for %q, want %q", fake.asked, tt.asked)
			}
		})
	}
}

// Git asks its next program when this one is silent, and shows a person whatever it
// prints to stderr.
func TestGetIsSilentWhereItHasNothing(t *testing.T) {
	tests := []struct{ name, request string }{
		{"an unknown host", "protocol=https\nhost=unknown.test\n"},
		{"another scheme", "protocol=http\nhost=git.example.com\n"},
		{"another port", "protocol=https\nhost=git.example.com:444\n"},
		{"a host that begins well", "protocol=https\nhost=git.example.com.evil.test\n"},
		{"a host that ends well", "protocol=https\nhost=evilgit.example.com\n"},
		{"a subdomain", "protocol=https\nhost=x.git.example.com\n"},
		{"nothing", ""},
		{"a blank line", "\nprotocol=https\nhost=git.example.com\n"},
		{"capabilities alone", "capability[]=authtype\ncapability[]=state\n"},
		{"a state alone", "capability[]=state\nstate[]=sesame:1\n"},
		{"no protocol", "host=git.example.com\n"},
		{"no host", "protocol=https\n"},
		{"an empty host", "protocol=https\nhost=\n"},
		{"an empty protocol", "protocol=\nhost=git.example.com\n"},
		{"a certificate", "protocol=cert\nhost=\npath=x.pem\n"},
		{"a host with an account", "protocol=https\nhost=x@git.example.com\n"},
		{"a host with a path", "protocol=https\nhost=git.example.com/a\n"},
		{"a host with a query", "protocol=https\nhost=git.example.com?\n"},
		{"a host with a fragment", "protocol=https\nhost=git.example.com#\n"},
		{"a host with an escape", "protocol=https\nhost=git.example.com%2f\n"},
		{"a host with a blank", "protocol=https\nhost=git.example.com x\n"},
		{"a host with a control character", "protocol=https\nhost=git.example.com\x1b\n"},
		{"a host with a final dot", "protocol=https\nhost=git.example.com.\n"},
		{"a protocol that holds a URL", "protocol=https://git.example.com?\nhost=x\n"},
		{"another path", "protocol=https\nhost=git.example.com\npath=orgx/r\n"},
		{"a path with an encoded slash", "protocol=https\nhost=git.example.com\npath=org%2frepo.git\n"},
		{"a path that climbs", hostLines + "path=org/../org/repo.git\n"},
		{"a path with an encoded climb", hostLines + "path=a%2f..\n"},
		{"a path with a query", "protocol=https\nhost=git.example.com\npath=org/repo.git?x\n"},
		{"the account without a name, where the token has one",
			"protocol=https\nhost=git.example.com\nusername=__token__\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, err := serve(t, "get", tt.request, &fakeTokens{answers: examples()}); err != nil || got != "" {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}

// A tool that keeps the pipe open behind the blank line would wait for ever.
func TestGetAnswersAtTheBlankLine(t *testing.T) {
	for _, request := range []string{
		"protocol=https\nhost=git.example.com\n\n", "protocol=https\r\nhost=git.example.com\r\n\r\n",
	} {
		in := iotest.OneByteReader(io.MultiReader(strings.NewReader(request),
			iotest.ErrReader(errors.New("read behind the blank line"))))
		var out bytes.Buffer
		if err := Serve(t.Context(), "get", in, &out, &fakeTokens{answers: examples()}); err != nil || out.Len() == 0 {
			t.Errorf("got %q, %v", out.String(), err)
		}
	}
}

// Neither needs its input, which a caller may keep open.
func TestCapabilityAndUnknownOperationsDoNotRead(t *testing.T) {
	for operation, want := range map[string]string{
		"capability": "version 0\ncapability authtype\ncapability state\n", "list": "", "GET": "", "get ": "", "future": "",
	} {
		var out bytes.Buffer
		err := Serve(t.Context(), operation, iotest.ErrReader(errors.New("was read")), &out, nil)
		if err != nil || out.String() != want {
			t.Errorf("%q: got %q, %v", operation, out.String(), err)
		}
	}
}

func TestNoOperationIsWrongUsage(t *testing.T) {
	for _, operation := range []string{"", "--help", "-h"} {
		err := Serve(t.Context(), operation, iotest.ErrReader(errors.New("was read")), io.Discard, nil)
		if code, message := protocols.ExitCode(err); code != 2 || !strings.HasPrefix(message, "usage: ") {
			t.Errorf("%q: got code %d, %q", operation, code, message)
		}
	}
}

func TestServeReportsBrokenStreams(t *testing.T) {
	broken := errors.New("broken")
	for operation, want := range map[string]error{"get": broken, "store": broken, "erase": nil} {
		if err := Serve(t.Context(), operation, iotest.ErrReader(broken), io.Discard, nil); !errors.Is(err, want) {
			t.Errorf("reading for %s: got %v", operation, err)
		}
	}
	w := &writer{err: broken}
	in := strings.NewReader("capability[]=authtype\nprotocol=https\nhost=git.example.com\n")
	err := Serve(t.Context(), "get", in, w, &fakeTokens{answers: examples()})
	if !errors.Is(err, broken) || w.writes != 1 {
		t.Errorf("writing: got %v after %d writes", err, w.writes)
	}
}

// writer fails, and counts: an answer must arrive at once.
type writer struct {
	err    error
	writes int
}

func (w *writer) Write(p []byte) (int, error) {
	w.writes++
	return 0, w.err
}
