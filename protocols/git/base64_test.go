package git

import (
	"encoding/base64"
	"testing"
)

func TestDecodeBase64IsStrict(t *testing.T) {
	tests := []struct {
		name, encoded, want string
		ok                  bool
	}{
		{"nothing", "", "", true},
		{"one byte", "Zg==", "f", true},
		{"two", "Zm8=", "fo", true},
		{"three", "Zm9v", "foo", true},
		{"every digit", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
			"\x00\x10\x83\x10\x51\x87\x20\x92\x8b\x30\xd3\x8f\x41\x14\x93\x51\x55\x97\x61\x96\x9b\x71\xd7\x9f" +
				"\x82\x18\xa3\x92\x59\xa7\xa2\x9a\xab\xb2\xdb\xaf\xc3\x1c\xb3\xd3\x5d\xb7\xe3\x9e\xbb\xf3\xdf\xbf", true},
		{"no padding", "Zg", "", false},
		{"half of it", "Zg=", "", false},
		{"too much", "Zm9v====", "", false},
		{"nothing else", "====", "", false},
		{"in the middle", "Zg==Zm9v", "", false},
		{"one digit", "Z===", "", false},
		{"bits that stand for nothing", "Zh==", "", false},
		{"the alphabet of URLs", "__-_", "", false},
		{"a blank", "Zm 9", "", false},
		{"a line feed", "Zm9v\n", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, ok := decodeBase64(tt.encoded); ok != tt.ok || ok && got != tt.want {
				t.Errorf("got %q, %v; want %q, %v", got, ok, tt.want, tt.ok)
			}
		})
	}
}

func FuzzDecodeBase64(f *testing.F) {
	f.Add("dTpw")
	f.Add("Zg==")
	f.Add("Zg=\n=")
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := decodeBase64(s)
		want, err := base64.StdEncoding.Strict().DecodeString(s)
		for _, c := range s {
			if c == '\r' || c == '\n' { // which it skips, and no line can hold
				if ok {
					t.Fatalf("%q: read", s)
				}
				return
			}
		}
		if ok != (err == nil) || ok && got != string(want) {
			t.Errorf("%q: got %q, %v; want %q, %v", s, got, ok, want, err)
		}
	})
}
