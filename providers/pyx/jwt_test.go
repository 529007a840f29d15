package pyx

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"
)

func jwt(claims string) string {
	return "e30." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".c2ln"
}

// A time that is misread makes a token look good that is not, or a refresh of every call.
func TestTimesReadsWhatUvReads(t *testing.T) {
	at := func(seconds int64) time.Time { return time.Unix(seconds, 0) }
	var none time.Time
	tests := []struct {
		name, token     string
		issued, expires time.Time
	}{
		{"both", jwt(`{"iat":1000,"exp":4600}`), at(1000), at(4600)},
		{"only exp", jwt(`{"exp":4600}`), none, at(4600)},
		{"only iat", jwt(`{"iat":1000}`), none, none},
		{"other claims", jwt(`{"iss":"x","exp":4600,"aud":["y"]}`), none, at(4600)},
		{"iat is no number", jwt(`{"iat":"x","exp":4600}`), none, at(4600)},
		{"issued when it expires", jwt(`{"iat":4600,"exp":4600}`), none, at(4600)},
		{"exp is text", jwt(`{"exp":"4600"}`), none, none},
		{"exp has a fraction", jwt(`{"exp":4600.5}`), none, none},
		{"exp is null", jwt(`{"exp":null}`), none, none},
		{"exp is negative", jwt(`{"exp":-1}`), none, none},
		{"exp is zero", jwt(`{"exp":0}`), none, none},
		{"exp in the year 9999", jwt(`{"exp":253402300799}`), none, at(253402300799)},
		{"exp after that", jwt(`{"exp":253402300800}`), none, none},
		{"exp of twenty digits", jwt(`{"exp":99999999999999999999}`), none, none},
		{"no object", jwt(`[4600]`), none, none},
		{"no JSON", jwt(`exp`), none, none},
		{"no base64", "e30.!!!.c2ln", none, none},
		{"padded", "e30." + base64.URLEncoding.EncodeToString([]byte(`{"exp":4600 }`)) + ".c2ln", none, none},
		{"two parts", "e30.e30", none, none},
		{"four parts", jwt(`{"exp":4600}`) + ".x", none, none},
		{"opaque", "opaque", none, none},
		{"empty", "", none, none},
		{"dots", strings.Repeat(".", maxToken), none, none},
		{"too long", jwt(`{"exp":4600}`) + strings.Repeat("x", maxToken), none, none},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			issued, expires := times(test.token)
			if !issued.Equal(test.issued) || !expires.Equal(test.expires) {
				t.Errorf("issued %v expires %v, want %v and %v", issued, expires, test.issued, test.expires)
			}
		})
	}
}

func FuzzTimes(f *testing.F) {
	for _, token := range []string{jwt(`{"iat":1,"exp":2}`), "a.b.c", "...", "e30.e30.e30", jwt(`{"exp":1e9}`)} {
		f.Add(token)
	}
	f.Fuzz(func(t *testing.T, token string) {
		issued, expires := times(token)
		if !issued.IsZero() && !issued.Before(expires) {
			t.Errorf("issued %v, expires %v", issued, expires)
		}
		if expires.Year() > 9999 {
			t.Errorf("expires %v", expires)
		}
	})
}
