package jsontext

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestStringsReadsTheNamedMembers(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"alone", `{"uri":"a"}`, "a"},
		{"white space everywhere", " \t\r\n{ \"uri\" : \"a\" } \n", "a"},
		{"absent", `{}`, ""},
		{"another case is another name", `{"URI":"a"}`, ""},
		{"unknown members of every type",
			`{"a":[1,-0.5e+3,{"b":{}},[]],"c":null,"d":true,"e":false,"f":"x","uri":"a","g":0}`, "a"},
		{"an unknown member twice", `{"a":1,"a":2,"uri":"a"}`, "a"},
		{"the name escaped", `{"\u0075ri":"a"}`, "a"},
		{"every short escape", `{"uri":"\"\\\/\b\f\n\r\t"}`, "\"\\/\b\f\n\r\t"},
		{"what Gson escapes", `{"uri":"\u003d\u0026\u003C\u003e\u0027"}`, "=&<>'"},
		{"a surrogate pair", `{"uri":"\ud83d\ude00"}`, "😀"},
		{"letters as they are", `{"uri":"Zürich"}`, "Zürich"},
		{"the deepest nesting", `{"a":` + strings.Repeat("[", 63) + strings.Repeat("]", 63) + `,"uri":"a"}`, "a"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Strings([]byte(tt.text), "uri")
			if err != nil || got[0] != tt.want {
				t.Errorf("got %q, %v; want %q", got, err, tt.want)
			}
		})
	}
}

// A reader that is lenient where the tool's or the core's is not answers for a host
// that nobody checked.
func TestStringsRefusesWhatIsNotOneObject(t *testing.T) {
	tests := []struct{ name, text string }{
		{"nothing", ""},
		{"white space", " \n"},
		{"another value", `["uri"]`},
		{"a string", `"x"`},
		{"null", `null`},
		{"words", `not json`},
		{"cut after a colon", `{"uri":`},
		{"cut in a string", `{"uri":"a`},
		{"cut in an escape", `{"uri":"a\`},
		{"cut in a unicode escape", `{"uri":"\u00`},
		{"no closing brace", `{"uri":"a"`},
		{"a second object", `{"uri":"a"}{}`},
		{"text behind it", `{"uri":"a"}x`},
		{"a byte order mark", "\ufeff" + `{"uri":"a"}`},
		{"not UTF-8", "{\"uri\":\"\xff\"}"},
		{"not UTF-8 in an ignored member", "{\"uri\":\"a\",\"b\":\"\xff\"}"},
		{"the name twice", `{"uri":"a","uri":"a"}`},
		{"the name twice, once escaped", `{"uri":"a","\u0075ri":"b"}`},
		{"a number for the string", `{"uri":7}`},
		{"null for the string", `{"uri":null}`},
		{"a list for the string", `{"uri":["a"]}`},
		{"a bare line feed", "{\"uri\":\"a\nb\"}"},
		{"a NUL", "{\"uri\":\"a\x00b\"}"},
		{"an unknown escape", `{"uri":"\x41"}`},
		{"a sign in an escape", `{"uri":"\u+041"}`},
		{"a lone high surrogate", `{"uri":"\ud83d"}`},
		{"a lone low surrogate", `{"uri":"\ude00"}`},
		{"two low surrogates", `{"uri":"\ude00\ude00"}`},
		{"two high surrogates", `{"uri":"\ud83d\ud83d"}`},
		{"single quotes", `{'uri':'a'}`},
		{"a name without quotes", `{uri:"a"}`},
		{"a trailing comma", `{"uri":"a",}`},
		{"a leading comma", `{,"uri":"a"}`},
		{"a comment", `{"uri":"a"/**/}`},
		{"a leading zero", `{"a":01,"uri":"a"}`},
		{"a number that ends in a point", `{"a":1.,"uri":"a"}`},
		{"an empty exponent", `{"a":1e,"uri":"a"}`},
		{"a lone minus", `{"a":-,"uri":"a"}`},
		{"a word that only begins well", `{"a":nullx,"uri":"a"}`},
		{"an empty element", `{"a":[1,],"uri":"a"}`},
		{"nested too deeply", `{"a":` + strings.Repeat("[", 64) + strings.Repeat("]", 64) + `}`},
		{"objects nested too deeply", strings.Repeat(`{"a":`, 65) + "1" + strings.Repeat("}", 65)},
		{"nested without end", `{"a":` + strings.Repeat(`{"a":`, 10000)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, err := Strings([]byte(tt.text), "uri"); err == nil {
				t.Errorf("got %q, want an error", got)
			}
		})
	}
}

// A store request holds a password; its syntax error is printed and logged.
func TestErrorsDoNotRepeatTheText(t *testing.T) {
	for _, text := range []string{`{"Secret":"hunter2"`, `{"Secret":"hunter2","Secret":"hunter2"}`,
		`{"Secret":["hunter2"]}`, `hunter2`, `{"hunter2":"a","Secret":1}`} {
		_, err := Strings([]byte(text), "Secret")
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: got %v", text, err)
		}
	}
}

func FuzzStrings(f *testing.F) {
	f.Add([]byte(`{"uri":"https://h.test/a?q\u003d1\u0026r\u003da%20b#frag"}`))
	f.Add([]byte(`{"a":[1,-0.5e+3,{"b":{}},[]],"c":null,"uri":"\ud83d\ude00"}`))
	f.Add([]byte(`{"uri":"a","uri":"b"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := Strings(text, "uri")
		if err != nil {
			return
		}
		var want map[string]any
		if err := json.Unmarshal(text, &want); err != nil {
			t.Fatalf("accepted %q: %v", text, err)
		}
		if value, ok := want["uri"].(string); ok != (want["uri"] != nil) || value != got[0] {
			t.Errorf("%q: got %q, encoding/json %q", text, got[0], value)
		}
		again, err := Strings([]byte(`{"uri":`+string(AppendString(nil, got[0]))+`}`), "uri")
		if err != nil || again[0] != got[0] {
			t.Errorf("%q written and read again: %q, %v", got[0], again, err)
		}
	})
}

func FuzzAppendString(f *testing.F) {
	f.Add("a\"\\\x00\x1f\x7f\u2028😀\xff")
	f.Fuzz(func(t *testing.T, s string) {
		var got string
		if err := json.Unmarshal(AppendString(nil, s), &got); err != nil {
			t.Fatal(err)
		}
		if utf8.ValidString(s) && got != s {
			t.Errorf("got %q, want %q", got, s)
		}
	})
}

func BenchmarkStrings(b *testing.B) {
	text := []byte(`{"uri":"https://h.test/a?q\u003d1\u0026r\u003da%20b#frag"}`)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Strings(text, "uri"); err != nil {
			b.Fatal(err)
		}
	}
}
