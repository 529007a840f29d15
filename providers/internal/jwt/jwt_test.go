package jwt

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"
)

func token(claims string) string {
	return "e30." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".c2ln"
}

// A time that is misread makes a token look good that is not, or a refresh of every call.
func TestTimesReadsWhatTheTokenSays(t *testing.T) {
	at := func(seconds int64) time.Time { return time.Unix(seconds, 0) }
	var none time.Time
	tests := []struct {
		name, token     string
		issued, expires time.Time
	}{
		{"both", token(`{"iat":1000,"exp":4600}`), at(1000), at(4600)},
		{"only exp", token(`{"exp":4600}`), none, at(4600)},
		{"only iat", token(`{"iat":1000}`), none, none},
		{"other claims", token(`{"iss":"x","exp":4600,"aud":["y"]}`), none, at(4600)},
		{"no signature", strings.TrimSuffix(token(`{"exp":4600}`), "c2ln"), none, at(4600)},
		{"iat is no number", token(`{"iat":"x","exp":4600}`), none, at(4600)},
		{"issued when it expires", token(`{"iat":4600,"exp":4600}`), none, at(4600)},
		{"exp has a fraction", token(`{"exp":4600.9}`), none, at(4600)},
		{"exp has an exponent", token(`{"exp":1.5e9}`), none, at(1500000000)},
		{"exp is text", token(`{"exp":"4600"}`), none, none},
		{"exp is null", token(`{"exp":null}`), none, none},
		{"exp is negative", token(`{"exp":-1}`), none, none},
		{"exp is zero", token(`{"exp":0}`), none, none},
		{"exp in the year 9999", token(`{"exp":253402300799}`), none, at(253402300799)},
		{"exp after that", token(`{"exp":253402300800}`), none, none},
		{"exp beyond any number", token(`{"exp":1e999}`), none, none},
		{"no object", token(`[4600]`), none, none},
		{"no JSON", token(`exp`), none, none},
		{"no base64", "e30.!!!.c2ln", none, none},
		{"padded", "e30." + base64.URLEncoding.EncodeToString([]byte(`{"exp":4600 }`)) + ".c2ln", none, none},
		{"two parts", "e30.e30", none, none},
		{"four parts", token(`{"exp":4600}`) + ".x", none, none},
		{"opaque", "opaque", none, none},
		{"empty", "", none, none},
		{"dots", strings.Repeat(".", maxToken), none, none},
		{"too long", token(`{"exp":4600}`) + strings.Repeat("x", maxToken), none, none},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			issued, expires := Times(test.token)
			if !issued.Equal(test.issued) || !expires.Equal(test.expires) {
				t.Errorf("issued %v expires %v, want %v and %v", issued, expires, test.issued, test.expires)
			}
		})
	}
}

func FuzzTimes(f *testing.F) {
	for _, text := range []string{token(`{"iat":1,"exp":2}`), "a.b.c", "...", "e30.e30.e30", token(`{"exp":1e9}`)} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		issued, expires := Times(text)
		if !issued.IsZero() && !issued.Before(expires) {
			t.Errorf("issued %v, expires %v", issued, expires)
		}
		if expires.Year() > 9999 {
			t.Errorf("expires %v", expires)
		}
	})
}
