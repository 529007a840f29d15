package git

import (
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/protocols"
	"github.com/sesame-auth/sesame/providers"
)

func FuzzParse(f *testing.F) {
	f.Add([]byte("capability[]=authtype\nprotocol=https\nhost=git.example.com\nusername=u\n\n"))
	f.Add([]byte("url=https://u%40x:p@h.test:443/a%20b?c#d\n"))
	f.Add([]byte("protocol=https\r\nhost=[::1]:9\r\npath=a%2fb\r\npassword=\r\ncredential=T\r\n"))
	f.Add([]byte("protocol=https\nhost=a\rb\n"))
	f.Add([]byte("capability[]=state\nstate[]=other:1\nstate[]=sesame:1\ncontinue=1\nprotocol=https\nhost=h.test\n"))
	f.Add([]byte("authtype=Basic\ncredential=dTpw\noauth_refresh_token=R\npassword_expiry_utc= +12x\nephemeral=yes\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := parsed(text)
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("%q: %q", text, err)
			}
			return
		}
		again, err := parsed([]byte(r.print()))
		if err != nil || !reflect.DeepEqual(again, r) {
			t.Fatalf("%q: printed and read again: %+v, %v; want %+v", text, again, err, r)
		}
		u, ok := r.url()
		if !ok {
			return
		}
		if same, err := providers.ParseURL(u.String()); err != nil || same != u {
			t.Errorf("%v read again is %v, %v", u, same, err)
		}
		// The host of the URL is the one that git named, and no other.
		if host := strings.ToLower(*r.host); !strings.HasPrefix(host, u.Authority()) && u.IsName() {
			t.Errorf("%q became %q", host, u.Authority())
		}
	})
}

func FuzzAnswer(f *testing.F) {
	f.Add("T", "Bearer", "u", "R", "1", int64(2000000000), int(protocols.Stored), true, true)
	f.Add("T\n", "Basic", "u\nhost=x", "", "", int64(-1), int(protocols.Minted), false, false)
	f.Add("", "basic", "", "R\n", "1\n", int64(0), int(protocols.Kept), true, true)
	f.Fuzz(func(t *testing.T, value, scheme, username, state, fingerprint string, seconds int64, origin int, authtype, knowsState bool) {
		token := &providers.Token{Value: providers.NewSecret(value), Scheme: scheme, Username: username,
			Expires: time.Unix(seconds, 0), State: providers.NewSecret(state)}
		a := protocols.Answer{Token: token, Origin: protocols.Origin(origin), Fingerprint: fingerprint}
		answer, err := appendAnswer(nil, &request{knowsAuthtype: authtype, knowsState: knowsState}, a)
		if err != nil {
			if len(answer) > 0 {
				t.Errorf("%v, and the answer %q", err, answer)
			}
			return
		}
		// Git reads its answers as it writes its requests.
		r, err := parsed(answer)
		if err != nil {
			t.Fatalf("%q: %v", answer, err)
		}
		kept, again := origin == int(protocols.Kept), origin == int(protocols.Stored) && knowsState && fingerprint != ""
		_, _, secret := r.carried()
		if r.host != nil || r.protocol != nil || r.knowsAuthtype && !authtype || secret == nil || *secret != value {
			t.Errorf("%q: read as %+v", answer, r)
		}
		if r.knowsState || again && r.state != fingerprint || strings.HasSuffix(string(answer), "\ncontinue=1\n") != again {
			t.Errorf("%q: asks again: want %v", answer, again)
		}
		if want := kept && state != ""; (r.refreshToken != "") != want || want && r.refreshToken != state {
			t.Errorf("%q: the refresh token, want %v", answer, want)
		}
		if seconds > 0 && !strings.Contains(string(answer), "\npassword_expiry_utc="+strconv.FormatInt(seconds, 10)+"\n") {
			t.Errorf("%q: no expiry", answer)
		}
		if lines, want := strings.Count(string(answer), "\n"), wantLines(r, kept, again, seconds); lines != want {
			t.Errorf("%q has %d lines, want %d", answer, lines, want)
		}
	})
}

// wantLines counts the lines that an answer has to have, so that no value brought its own.
func wantLines(r *request, kept, again bool, seconds int64) int {
	want := 2 // username and password, or authtype and credential
	for _, more := range []bool{r.knowsAuthtype, r.knowsAuthtype && r.username != nil, r.refreshToken != "", seconds > 0} {
		if more {
			want++
		}
	}
	if again {
		want += 2
	}
	if r.knowsAuthtype && r.username != nil && !kept {
		want = -1 // only a kept token comes with both
	}
	return want
}

// What is kept comes back as it was stored, or a password stops working without a word.
func FuzzStoreIsAnsweredAsItWas(f *testing.F) {
	f.Add([]byte("protocol=https\nhost=h.test\nusername=u\npassword=p\n"))
	f.Add([]byte("protocol=https\nhost=h.test\nusername=\npassword=\noauth_refresh_token=R\n"))
	f.Add([]byte("protocol=https\nhost=h.test\nauthtype=Bearer\ncredential=T\npassword_expiry_utc=9000000000\n"))
	f.Add([]byte("protocol=https\nhost=h.test\nauthtype=basic\ncredential=dTpw\nephemeral=0\n"))
	f.Add([]byte("protocol=https\nhost=h.test\nusername=u\npassword=p\nephemeral=1\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		fake := &fakeTokens{}
		_, err := serve(t, "store", string(text), fake)
		if len(fake.kept) == 0 {
			return
		}
		r, parseErr := parsed(text)
		if err != nil || parseErr != nil || r.ephemeral || len(fake.kept) > 1 {
			t.Fatalf("%q: kept %d: %v, %v, %+v", text, len(fake.kept), err, parseErr, r)
		}
		token := fake.kept[0]
		answer, err := appendAnswer(nil, &request{knowsAuthtype: true}, protocols.Answer{Token: &token, Origin: protocols.Kept})
		if err != nil {
			t.Fatalf("%q: %+v: %v", text, token, err)
		}
		back, err := parsed(answer)
		if err != nil {
			t.Fatal(err)
		}
		wantScheme, wantName, wantSecret := r.carried()
		scheme, name, secret := back.carried()
		if scheme != wantScheme || *secret != *wantSecret || (wantName != nil && *wantName != "" || name != nil) && *name != *wantName ||
			back.refreshToken != r.refreshToken || back.expires != r.expires {
			t.Errorf("%q: kept and answered: %q", text, answer)
		}
	})
}
