package docker

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/docker/docker-credential-helpers/client"
	"github.com/docker/docker-credential-helpers/credentials"

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
		run := &runs{t: t, tokens: &everything{token: token}}
		a, err := run.get(key)
		if strings.Count(run.out, "\n") != 1 {
			t.Fatalf("%q: got %q", key, run.out)
		}
		if run.code != 0 {
			return
		}
		if err != nil || a.ServerURL != strings.TrimSpace(key) || a.Secret != value || username != "" && a.Username != username {
			t.Errorf("%q: read as %+v, %v", run.out, a, err)
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
			if !strings.Contains(strings.ToLower(key), u.Host) && u.IsName() && u.Host != hubHost {
				t.Errorf("%q became the host %q", key, u.Host)
			}
		}
	})
}

// What docker login stores under a name, get finds under it, list names it, and logout drops it.
func FuzzStore(f *testing.F) {
	for _, serverURL := range []string{"reg.example:5000", "https://reg.example/v2/", "docker.io", hubURL + "access-token",
		"localhost:5000/v1", "http://[::1]/team/", "registry-1.docker.io/v1/refresh-token", "a@b"} {
		f.Add(serverURL, "<token>", `"\u0041`)
	}
	f.Fuzz(func(t *testing.T, serverURL, username, secret string) {
		if !utf8.ValidString(serverURL) || !utf8.ValidString(username) || !utf8.ValidString(secret) {
			return // cannot be sent
		}
		run := &runs{t: t, tokens: &keeper{routes: []string{"*"}}}
		entry := &credentials.Credentials{ServerURL: serverURL, Username: username, Secret: secret}
		if client.Store(run.program, entry) != nil || secret == "" {
			return
		}
		a, err := run.get(serverURL)
		if err != nil || a.Username != username || a.Secret != secret {
			t.Errorf("%q: kept as %+v, %v", serverURL, a, err)
		}
		names, err := client.List(run.program)
		if err != nil || len(names) != 1 {
			t.Errorf("%q: listed as %q, %v", serverURL, names, err)
		}
		for name := range names {
			if again, err := run.get(name); err != nil || again.Secret != a.Secret {
				t.Errorf("%q: listed as %q, which is %v", serverURL, name, err)
			}
		}
		if err := client.Erase(run.program, serverURL); err != nil {
			t.Error(err)
		}
		if a, err := run.get(serverURL); !credentials.IsErrCredentialsNotFound(err) {
			t.Errorf("%q: erased, and then %+v, %v", serverURL, a, err)
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
		text, err := json.Marshal(credentials.Credentials{
			ServerURL: e.serverURL, Username: e.username, Secret: e.secret.Reveal()})
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

func (e *everything) Token(context.Context, providers.URL, string) (protocols.Answer, error) {
	return protocols.Answer{Token: e.token}, nil
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
