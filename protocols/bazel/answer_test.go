package bazel

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/protocols"
	"github.com/sesame-auth/sesame/providers"
)

func TestAnswerCarriesTheToken(t *testing.T) {
	zone := time.FixedZone("", 2*60*60)
	tests := []struct {
		name  string
		token providers.Token
		want  string
	}{
		{"bearer, no expiry", providers.Token{Scheme: "Bearer"},
			`{"headers":{"Authorization":["Bearer T"]}}`},
		{"no scheme counts as Bearer", providers.Token{},
			`{"headers":{"Authorization":["Bearer T"]}}`},
		{"another scheme", providers.Token{Scheme: "DPoP"},
			`{"headers":{"Authorization":["DPoP T"]}}`},
		{"basic", providers.Token{Scheme: "Basic", Username: "u"},
			`{"headers":{"Authorization":["Basic dTpU"]}}`},
		{"basic in lower case", providers.Token{Scheme: "basic", Username: "u"},
			`{"headers":{"Authorization":["Basic dTpU"]}}`},
		{"basic without a username", providers.Token{Scheme: "Basic"},
			`{"headers":{"Authorization":["Basic X190b2tlbl9fOlQ="]}}`},
		{"a whole second", providers.Token{Expires: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)},
			`{"headers":{"Authorization":["Bearer T"]},"expires":"2026-01-02T03:04:05Z"}`},
		{"a fraction is rounded down", providers.Token{Expires: time.Date(2026, 1, 2, 3, 4, 5, 999999999, time.UTC)},
			`{"headers":{"Authorization":["Bearer T"]},"expires":"2026-01-02T03:04:05Z"}`},
		{"another zone", providers.Token{Expires: time.Date(2026, 1, 2, 3, 4, 5, 0, zone)},
			`{"headers":{"Authorization":["Bearer T"]},"expires":"2026-01-02T01:04:05Z"}`},
		{"the last year that Bazel can count to", providers.Token{Expires: time.Date(2200, 12, 31, 23, 59, 59, 0, time.UTC)},
			`{"headers":{"Authorization":["Bearer T"]},"expires":"2200-12-31T23:59:59Z"}`},
		{"a year beyond it", providers.Token{Expires: time.Date(2201, 1, 1, 0, 0, 0, 0, time.UTC)},
			`{"headers":{"Authorization":["Bearer T"]}}`},
		{"a year before any token", providers.Token{Expires: time.Date(1, 1, 1, 0, 0, 0, 1, time.UTC)},
			`{"headers":{"Authorization":["Bearer T"]}}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.token.Value = providers.NewSecret("T")
			got, err := appendAnswer(nil, protocols.Answer{Token: &tt.token})
			if err != nil || string(got) != tt.want+"\n" {
				t.Fatalf("got %q, %v; want %q", got, err, tt.want)
			}
			if err := readAsBazel(got, protocols.Answer{Token: &tt.token}); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAnswerEscapesTheToken(t *testing.T) {
	token := &providers.Token{Value: providers.NewSecret(`a"b\c, d="e"`), Scheme: "Digest"}
	got, err := appendAnswer(nil, protocols.Answer{Token: token})
	if err != nil {
		t.Fatal(err)
	}
	if err := readAsBazel(got, protocols.Answer{Token: token}); err != nil {
		t.Error(err)
	}
}

// Bazel's server crashes on a line break in a header, and sends other bytes than it was
// given for what is not ASCII.
func TestAnswerRefusesWhatAHeaderCannotHold(t *testing.T) {
	tests := []struct {
		name                    string
		value, scheme, username string
	}{
		{"no token", "", "", ""},
		{"a line feed", "T\nT", "", ""},
		{"a line end", "T\r\n", "", ""},
		{"a NUL", "T\x00", "", ""},
		{"a tab", "T\tT", "", ""},
		{"not ASCII", "Té", "", ""},
		{"a scheme of two words", "T", "Bearer x", ""},
		{"a scheme with a line break", "T", "Bearer\n", ""},
		{"basic: no token", "", "Basic", "u"},
		{"basic: a line feed", "T\n", "Basic", "u"},
		{"basic: a colon in the username", "T", "Basic", "u:v"},
		{"basic: a line feed in the username", "T", "Basic", "u\n"},
		{"too long for the pipe", strings.Repeat("T", 60_000), "", ""},
		{"basic: too long for the pipe", strings.Repeat("T", 45_000), "Basic", "u"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tokens := &fakeTokens{tokens: map[string]*providers.Token{"https://h.test/x": {
				Value: providers.NewSecret(tt.value), Scheme: tt.scheme, Username: tt.username}}}
			got, err := serveGet(t, `{"uri":"https://h.test/x"}`, tokens)
			if err == nil || !strings.HasPrefix(err.Error(), "get: https://h.test/x: the token") {
				t.Errorf("got %q, %v", got, err)
			}
			if err != nil && len(tt.value) > 1 && strings.Contains(err.Error(), tt.value) {
				t.Errorf("the error holds the token: %v", err)
			}
		})
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add("T", "Bearer", "u", int64(1767323045), int64(999999999), false)
	f.Add("T\n", "Basic", "u:v", int64(253402300799), int64(0), false)
	f.Add("T", "", "", int64(-62135597472), int64(0), false) // before the year 1
	f.Add(`"\`, "", "\u00fc\xff", int64(-62135596800), int64(0), false)
	f.Add("", "Basic", "", int64(0), int64(0), true)
	f.Fuzz(func(t *testing.T, value, scheme, username string, seconds, nanos int64, kept bool) {
		found := protocols.Answer{Token: &providers.Token{Value: providers.NewSecret(value), Scheme: scheme,
			Username: username, Expires: time.Unix(seconds, nanos)}}
		if kept {
			found.Origin = protocols.Kept
		}
		answer, err := appendAnswer(nil, found)
		if err != nil {
			return
		}
		if err := readAsBazel(answer, found); err != nil {
			t.Errorf("%q: %v", answer, err)
		}
	})
}

func FuzzBase64(f *testing.F) {
	for _, s := range []string{"", "a", "ab", "abc", "\xff\xfe\xfd\xfc"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		want := base64.StdEncoding.EncodeToString([]byte(s))
		if got := string(appendBase64(nil, s)); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

func BenchmarkAnswer(b *testing.B) {
	token := &providers.Token{Value: providers.NewSecret(strings.Repeat("T", 1200)),
		Expires: time.Unix(1767323045, 0)}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := appendAnswer(nil, protocols.Answer{Token: token}); err != nil {
			b.Fatal(err)
		}
	}
}
