package git

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/providers"
)

func TestAnswerCarriesTheToken(t *testing.T) {
	old, known := &request{}, &request{authtype: true}
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
		{"letters beyond ASCII in the account", old, providers.Token{Username: "Zoë"}, "username=Zoë\npassword=T\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.token.Value = providers.NewSecret("T")
			if got, err := appendAnswer(nil, tt.request, &tt.token); err != nil || string(got) != tt.want {
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
		{"too long for a line", strings.Repeat("T", 65536), "", "u", false},
		{"an account too long for a line", "T", "", strings.Repeat("u", 65536), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			token := &providers.Token{Value: providers.NewSecret(tt.value), Scheme: tt.scheme, Username: tt.username}
			if got, err := appendAnswer(nil, &request{authtype: tt.authtype}, token); err == nil {
				t.Errorf("got %q", got)
			}
		})
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add("T", "Bearer", "u", int64(2000000000), true)
	f.Add("T\n", "Basic", "u\nhost=x", int64(-1), false)
	f.Fuzz(func(t *testing.T, value, scheme, username string, seconds int64, authtype bool) {
		token := &providers.Token{Value: providers.NewSecret(value), Scheme: scheme,
			Username: username, Expires: time.Unix(seconds, 0)}
		answer, err := appendAnswer(nil, &request{authtype: authtype}, token)
		if err != nil {
			return
		}
		// Git reads its answers as it writes its requests.
		r, err := parse(answer)
		if err != nil {
			t.Fatalf("%q: %v", answer, err)
		}
		secret, _ := r.secret()
		if secret.Reveal() != value || r.host != nil || r.protocol != nil || r.authtype && !authtype {
			t.Errorf("%q: read as %+v", answer, r)
		}
		wantLines := 3
		if seconds <= 0 {
			wantLines--
		}
		if r.authtype {
			wantLines++
		}
		if lines := strings.Count(string(answer), "\n"); lines != wantLines {
			t.Errorf("%q has %d lines, want %d", answer, lines, wantLines)
		}
		if seconds > 0 && !strings.Contains(string(answer), "password_expiry_utc="+strconv.FormatInt(seconds, 10)+"\n") {
			t.Errorf("%q: no expiry", answer)
		}
	})
}

func BenchmarkAnswer(b *testing.B) {
	token := &providers.Token{Value: providers.NewSecret(strings.Repeat("T", 1200)), Expires: time.Unix(2000000000, 0)}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := appendAnswer(nil, &request{}, token); err != nil {
			b.Fatal(err)
		}
	}
}
