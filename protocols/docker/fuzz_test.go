package docker

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/sesame-auth/sesame/protocols"
	"github.com/sesame-auth/sesame/providers"
)

func FuzzGet(f *testing.F) {
	for _, key := range []string{"reg.example:5000/team/app", "https://index.docker.io/v1/", "http://[::1]:5000/\n",
		"reg.example:5000@evil.net", "localhost:5000", "a://b://c", "reg.example/\xff"} {
		f.Add(key, "u", "T")
	}
	f.Fuzz(func(t *testing.T, key, username, value string) {
		token := &providers.Token{Username: username, Value: providers.NewSecret(value)}
		var out bytes.Buffer
		err := Serve(t.Context(), "get", strings.NewReader(key), &out, &everything{token: token})
		code, message := protocols.ExitCode(err)
		if message != "" || strings.Count(out.String(), "\n") != 1 {
			t.Fatalf("%q: got %q, and %q for stderr", key, out.String(), message)
		}
		a, err := readAsTools(out.String(), code)
		if code != 0 {
			return
		}
		if err != nil || a.ServerURL != strings.TrimSpace(key) || a.Secret != value || username != "" && a.Username != username {
			t.Errorf("%q: read as %+v, %v", out.String(), a, err)
		}
	})
}

func FuzzRegistryURLs(f *testing.F) {
	for _, key := range []string{"reg.example:5000/team/app", "docker.io/library/x", "localhost:443", "HTTP://[::1]/", "a@b"} {
		f.Add(key)
	}
	f.Fuzz(func(t *testing.T, key string) {
		urls, err := registryURLs(key)
		if err != nil {
			return
		}
		for _, u := range urls {
			again, err := registryURLs(u.String())
			if err != nil || !slices.Equal(again, []providers.URL{u}) {
				t.Errorf("%q: %v read again is %v, %v", key, u, again, err)
			}
			if !strings.Contains(strings.ToLower(key), u.Host) && u.IsName() && u.String() != hubURL {
				t.Errorf("%q became the host %q", key, u.Host)
			}
		}
	})
}

func FuzzParseEntry(f *testing.F) {
	f.Add([]byte(`{"ServerURL":"reg.example:5000","Username":"\u003ctoken\u003e","Secret":"s"}`))
	f.Add([]byte(`{"ServerURL":"a","Username":"u","ServerURL":"b"}`))
	f.Fuzz(func(t *testing.T, request []byte) {
		e, err := parseEntry(request)
		if err != nil {
			return
		}
		text, err := json.Marshal(answer{e.serverURL, e.username, e.secret.Reveal()})
		if err != nil {
			t.Fatal(err)
		}
		again, err := parseEntry(text)
		if err != nil || again.serverURL != e.serverURL || again.username != e.username || !again.secret.Equal(e.secret) {
			t.Errorf("%q: written and read again: %+v, %v", request, again, err)
		}
	})
}

// everything has the same token for every URL.
type everything struct {
	fakeTokens
	token *providers.Token
}

func (e *everything) Token(context.Context, providers.URL, string) (*providers.Token, error) {
	return e.token, nil
}

func BenchmarkRegistryURLs(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := registryURLs("reg.example:5000/team/app"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAnswer(b *testing.B) {
	token := &providers.Token{Value: providers.NewSecret(strings.Repeat("T", 1200))}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := appendAnswer(nil, "reg.example:5000", token); err != nil {
			b.Fatal(err)
		}
	}
}
