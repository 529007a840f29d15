package docker

import (
	"encoding/json"
	"maps"
	"testing"

	"github.com/docker/docker-credential-helpers/client"

	"github.com/sesame-auth/sesame/protocols"
)

// regclient asks for no registry that the list does not name, and docker build
// looks for Docker Hub under one name only.
func TestListNamesEachRegistryOnce(t *testing.T) {
	tests := []struct {
		name     string
		accounts []protocols.Account
		want     string
	}{
		{"none", nil, "{}\n"},
		{"one", []protocols.Account{{Host: "reg.example:5000", Username: "u"}}, `{"reg.example:5000":"u"}` + "\n"},
		{"no account", []protocols.Account{{Host: "a.example"}}, `{"a.example":"__token__"}` + "\n"},
		{"several, in their order", []protocols.Account{{Host: "b.example", Username: "u"}, {Host: "a.example", Username: "v"}},
			`{"b.example":"u","a.example":"v"}` + "\n"},
		{"a second account", []protocols.Account{{Host: "a.example", Username: "u"}, {Host: "a.example", Username: "v"}},
			`{"a.example":"u"}` + "\n"},
		{"Docker Hub under its names", []protocols.Account{{Host: "docker.io", Username: "u"}, {Host: "index.docker.io", Username: "v"}},
			`{"https://index.docker.io/v1/":"v"}` + "\n"},
		{"Docker Hub by a route and as kept", []protocols.Account{{Host: "index.docker.io", Username: "u"}, {Host: hubURL, Username: "v"}},
			`{"https://index.docker.io/v1/":"u"}` + "\n"},
		{"a part of a web login", []protocols.Account{{Host: "https://index.docker.io/v1/access-token", Username: "u"}},
			`{"https://index.docker.io/v1/access-token":"u"}` + "\n"},
		{"a tool's own name", []protocols.Account{{Host: "https://foobar.example.com:2376/v1", Username: "u"}, {Host: "REG.example", Username: "v"}},
			`{"https://foobar.example.com:2376/v1":"u","REG.example":"v"}` + "\n"},
		{"a tool's own name beside the host", []protocols.Account{{Host: "https://a.example", Username: "u"}, {Host: "a.example", Username: "v"}},
			`{"https://a.example":"u","a.example":"v"}` + "\n"},
		{"an identity token", []protocols.Account{{Host: "a.example", Username: "<token>"}}, `{"a.example":"<token>"}` + "\n"},
		{"quotes", []protocols.Account{{Host: `a.example/"`, Username: `"`}}, `{"a.example/\"":"\""}` + "\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			run := &runs{t: t, tokens: &fakeTokens{accounts: tt.accounts}}
			got, err := client.List(run.program)
			if run.out != tt.want || err != nil {
				t.Errorf("got %q, %v; want %q", run.out, err, tt.want)
			}
			var want map[string]string
			if err := json.Unmarshal([]byte(tt.want), &want); err != nil || !maps.Equal(got, want) {
				t.Errorf("read as %v, want %v", got, want)
			}
		})
	}
}

// docker build takes the credentials of nothing at all when one name of the list cannot be got.
func TestGetFindsWhatListNames(t *testing.T) {
	fake := tester(registry, hubURL, "https://[::1]:5000")
	fake.accounts = []protocols.Account{{Host: "[::1]:5000"}, {Host: "index.docker.io"}, {Host: "reg.example:5000"}}
	run := &runs{t: t, tokens: fake}
	names, err := client.List(run.program)
	if err != nil || len(names) != 3 {
		t.Fatalf("%q: %v", names, err)
	}
	for name := range names {
		if _, err := run.get(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
