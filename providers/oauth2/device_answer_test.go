package oauth2

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/oauth2"

	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/oauth2/oauth2test"
)

// What a person is asked to open and to type is shown on a terminal, and opened.
func TestDeviceAnswerIsCheckedBeforeItIsShown(t *testing.T) {
	with := func(more string) string { return `{"device_code":"d","expires_in":600,` + more + `}` }
	tests := []struct {
		name, body string
		open       string // "" for a failure
	}{
		{"plain", with(`"user_code":"A","verification_uri":"https://issuer.example/a"`), "https://issuer.example/a"},
		{"Google's word", with(`"user_code":"A","verification_url":"https://issuer.example/a"`), "https://issuer.example/a"},
		{"complete", with(`"user_code":"A","verification_uri":"https://issuer.example/a","verification_uri_complete":"https://issuer.example/b?c=A"`),
			"https://issuer.example/b?c=A"},
		{"complete is no page", with(`"user_code":"A","verification_uri":"https://issuer.example/a","verification_uri_complete":"file:///etc/passwd"`),
			"https://issuer.example/a"},
		{"a program", with(`"user_code":"A","verification_uri":"calculator://run"`), ""},
		{"http", with(`"user_code":"A","verification_uri":"http://issuer.example/a"`), ""},
		{"a page with a line end", with(`"user_code":"A","verification_uri":"https://issuer.example/a\u001b[2J"`), ""},
		{"a page that is not ASCII", with(`"user_code":"A","verification_uri":"https://issuer.example/\u202e"`), ""},
		{"a code with a line end", with(`"user_code":"A\nB","verification_uri":"https://issuer.example/a"`), ""},
		{"a code without end", with(`"user_code":"` + strings.Repeat("A", 65) + `","verification_uri":"https://issuer.example/a"`), ""},
		{"no code", with(`"verification_uri":"https://issuer.example/a"`), ""},
		{"no device code", `{"user_code":"A","verification_uri":"https://issuer.example/a"}`, ""},
		{"not JSON", `<html>`, ""},
		{"wrong type", `{"device_code":1}`, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := oauth2test.New(oauth2test.Config{URL: "https://issuer.example"})
				server.Fail("/device", oauth2test.Fault{Body: test.body})
				server.FailAlways("/token", oauth2test.Fault{Body: `{"access_token":"a"}`})
				_, told, err := deviceLogin(t.Context(), server, func(string) {})
				if test.open == "" {
					wantError(t, err, providers.ErrUnavailable, "https://issuer.example/device: ")
				} else if err != nil || told[0].Open != test.open || told[0].Code != "A" {
					t.Errorf("%v, told %+v, want %s", err, told, test.open)
				}
			})
		})
	}
}

// A pace that cannot be, from a server that is wrong or means harm: the library's own loop panics.
func TestPaceOfTheServerIsBounded(t *testing.T) {
	for _, test := range []struct {
		interval string
		want     time.Duration
	}{
		{`-1`, defaultPause}, {`0`, defaultPause}, {`9223372036854775807`, maxPause}, {`61`, maxPause}, {`59`, 59 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			server, begun := oauth2test.New(oauth2test.Config{URL: "https://issuer.example"}), time.Now()
			server.Fail("/device", oauth2test.Fault{Body: `{"device_code":"d","user_code":"A",
				"verification_uri":"https://issuer.example/a","expires_in":9223372036854775807,"interval":` + test.interval + `}`})
			server.FailAlways("/token", oauth2test.Fault{Body: `{"access_token":"a"}`})
			if _, _, err := deviceLogin(t.Context(), server, func(string) {}); err != nil || time.Since(begun) != test.want {
				t.Errorf("%s: %v after %v, want %v", test.interval, err, time.Since(begun), test.want)
			}
		})
	}
}

func FuzzDeviceStep(f *testing.F) {
	f.Add("https://issuer.example/a", "https://issuer.example/b", "A-1", "d")
	f.Add("http://localhost/", "javascript:alert(1)", "\x1b", "")
	f.Fuzz(func(t *testing.T, page, complete, code, device string) {
		step, ok := deviceStep(oauth2.DeviceAuthResponse{
			DeviceCode: device, UserCode: code, VerificationURI: page, VerificationURIComplete: complete,
		})
		if !ok {
			return
		}
		u, err := providers.ParseURL(step.Open)
		if err != nil || u.Scheme != "https" && !u.IsLoopback() {
			t.Errorf("opens %q", step.Open)
		}
		if strings.ContainsFunc(step.Open+step.Code, func(r rune) bool { return r < ' ' || r > '~' }) || step.Code == "" {
			t.Errorf("shows %q", step)
		}
	})
}
