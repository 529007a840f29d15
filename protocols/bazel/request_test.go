package bazel

import (
	"bytes"
	"strings"
	"testing"

	"github.com/sesame-auth/sesame/protocols"
	"github.com/sesame-auth/sesame/providers"
)

// A request that is half understood gives a token to a host that was not asked for.
func TestGetRefusesWhatIsNoRequest(t *testing.T) {
	tests := []struct{ name, request, want string }{
		{"nothing", "", "not one JSON object"},
		{"words", "not json", "not one JSON object"},
		{"cut", `{"uri":`, "not one JSON object"},
		{"a list", `[]`, "not one JSON object"},
		{"a string", `"x"`, "not one JSON object"},
		{"null", `null`, "not one JSON object"},
		{"no uri", `{}`, `"uri" is missing`},
		{"an empty uri", `{"uri":""}`, `"uri" is missing`},
		{"a number", `{"uri":7}`, `"uri" is not a string`},
		{"two uris", `{"uri":"https://h.test/","uri":"https://h.test/"}`, `"uri" occurs twice`},
		{"text behind it", `{"uri":"https://h.test/x"}garbage`, "not one JSON object"},
		{"not a URL", `{"uri":"h.test"}`, "not a URL"},
		{"a forgotten scheme", `{"uri":"h.test:8443/x"}`, "not a URL"},
		{"a scheme alone", `{"uri":"https:"}`, "not a URL"},
		{"a line feed in the uri", `{"uri":"https://h.test/\nx"}`, "not a URL"},
		{"a blank in the uri", `{"uri":"https://h.test/ x"}`, "not a URL"},
		{"a control character in the path of a socket", `{"uri":"unix:/x\u0000"}`, "not a URL"},
		{"git's protocol", "protocol=https\nhost=h.test\n", "its program is git-credential-sesame"},
		{"git's protocol with a capability", "capability[]=authtype\nprotocol=https\n", "its program is git-credential-sesame"},
		{"docker's protocol", "reg.example:5000", "its program is docker-credential-sesame"},
		{"docker's protocol with a URL", "https://index.docker.io/v1/", "its program is docker-credential-sesame"},
		{"too much", `{"uri":"` + strings.Repeat("a", 64<<10) + `"}`, "too long"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := serveGet(t, tt.request, &fakeTokens{})
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, want one line with %q", err, tt.want)
			}
		})
	}
}

// A person who pasted a password into a URL must not find it in a build's log.
func TestErrorsDoNotRepeatTheURI(t *testing.T) {
	for _, request := range []string{
		`{"uri":"https://user:hunter2@h.test/ x"}`, `{"uri":"hunter2"}`, `{"uri":"https://h.test/hunter2"`,
	} {
		_, err := serveGet(t, request, &fakeTokens{})
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: got %v", request, err)
		}
	}
}

func FuzzGet(f *testing.F) {
	f.Add([]byte(`{"uri":"https://h.test/a?q\u003d1\u0026r\u003da%20b#frag"}`))
	f.Add([]byte(`{"uri":"grpcs://[::1]:443/x"}`))
	f.Add([]byte(`{"uri":"unix:/run/x.sock"}`))
	f.Add([]byte("protocol=https\nhost=h.test\n\n"))
	f.Fuzz(func(t *testing.T, request []byte) {
		var out bytes.Buffer
		err := Serve(t.Context(), "get", bytes.NewReader(request), &out, everything{})
		if err != nil {
			if out.Len() > 0 || strings.Contains(err.Error(), "\n") {
				t.Errorf("%q: got %q and %q", request, out.String(), err)
			}
			return
		}
		if err := readAsBazel(out.Bytes(), protocols.Answer{}); err != nil {
			t.Errorf("%q: answered %q: %v", request, out.String(), err)
		}
		u, err := readRequest(bytes.NewReader(request))
		if err != nil {
			t.Fatal(err)
		}
		again, err := providers.ParseURL(u.String())
		if u.Host != "" && (err != nil || again != u) {
			t.Errorf("%q: %v read again is %v, %v", request, u, again, err)
		}
	})
}

// everything has the same token for every URL.
type everything struct{ protocols.Tokens }

func BenchmarkReadRequest(b *testing.B) {
	request := []byte(`{"uri":"https://h.test:8443/build.bazel.remote.execution.v2.Capabilities"}`)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := readRequest(bytes.NewReader(request)); err != nil {
			b.Fatal(err)
		}
	}
}
