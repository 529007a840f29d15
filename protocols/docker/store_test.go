package docker

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"github.com/docker/docker-credential-helpers/credentials"

	"github.com/sesame-auth/sesame/protocols"
	"github.com/sesame-auth/sesame/providers"
)

// entryOf returns an entry as docker writes it.
func entryOf(serverURL, username, secret string) string {
	text, err := json.Marshal(credentials.Credentials{ServerURL: serverURL, Username: username, Secret: secret})
	if err != nil {
		panic(err)
	}
	return string(text) + "\n"
}

// What is kept under another URL than get asks for is lost.
func TestStoreKeepsForTheRegistry(t *testing.T) {
	const localhost = "https://localhost:5000"
	tests := []struct{ name, serverURL, url, as string }{
		{"host and port", "reg.example:5000", registry, "reg.example:5000"},
		{"white space around", " reg.example:5000\n", registry, "reg.example:5000"},
		{"with a scheme", "https://reg.example:5000", registry, "https://reg.example:5000"},
		{"upper case", "REG.example:5000", registry, "REG.example:5000"},
		{"the default port", "reg.example:443", "https://reg.example", "reg.example:443"},
		{"IPv6", "[::1]:5000", "https://[::1]:5000", "[::1]:5000"},
		{"the root of the API", "https://reg.example:5000/v2/", registry, "https://reg.example:5000/v2/"},
		{"without a slash", "https://reg.example:5000/v2", registry, "https://reg.example:5000/v2"},
		{"the root of the first API", "reg.example:5000/v1/", registry, "reg.example:5000/v1/"},
		{"no root of an API", "reg.example:5000/v2/team", registry + "/v2/team", "reg.example:5000/v2/team"},
		{"a repository", "reg.example:5000/team/", registry + "/team", "reg.example:5000/team/"},
		{"http", "http://reg.example:5000/v2/", "http://reg.example:5000", "http://reg.example:5000/v2/"},
		{"this machine, by https", "localhost:5000", localhost, "localhost:5000"},
		{"this machine, by http", "127.0.0.1:5000/v2/", "http://127.0.0.1:5000", "127.0.0.1:5000/v2/"},
		{"Docker Hub", hubURL, hubURL, hubURL},
		{"Docker Hub without a slash", "https://index.docker.io/v1", hubURL, "https://index.docker.io/v1"},
		{"Docker Hub's short name", "docker.io", hubURL, hubURL},
		{"Docker Hub's registry", "registry-1.docker.io", hubURL, hubURL},
		{"a web login's access token", hubURL + "access-token", "https://index.docker.io/v1/access-token", hubURL + "access-token"},
		{"a web login's refresh token", hubURL + "refresh-token", "https://index.docker.io/v1/refresh-token", hubURL + "refresh-token"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fake := &fakeTokens{keeps: map[string]error{tt.url: nil}}
			got, code := serve(t, "store", entryOf(tt.serverURL, "<token>", "s3cret"), fake)
			want := tt.url + " as " + tt.as + ": Basic <token>:s3cret"
			if got != "" || code != 0 || len(fake.kept) == 0 || fake.kept[len(fake.kept)-1] != want {
				t.Errorf("got %q, %d; kept %q, want %q", got, code, fake.kept, want)
			}
		})
	}
}

// Of a registry on this machine get looks at https first, and finds there what it found before.
func TestStoreTriesHTTPOnlyWithoutARouteByHTTPS(t *testing.T) {
	const byHTTPS, byHTTP = "https://localhost:5000", "http://localhost:5000"
	tests := []struct {
		name  string
		keeps map[string]error
		want  []string
	}{
		{"both have a route", map[string]error{byHTTPS: nil, byHTTP: nil}, []string{byHTTPS}},
		{"http has one", map[string]error{byHTTP: nil}, []string{byHTTPS, byHTTP}},
		{"https only reads", map[string]error{byHTTPS: &protocols.ReadOnlyError{Provider: "pyx"}, byHTTP: nil}, []string{byHTTPS}},
		{"https fails", map[string]error{byHTTPS: errors.New("disk full"), byHTTP: nil}, []string{byHTTPS}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fake := &fakeTokens{keeps: tt.keeps}
			_, code := serve(t, "store", entryOf("localhost:5000", "u", "s3cret"), fake)
			var want []string
			for _, u := range tt.want {
				want = append(want, u+" as localhost:5000: Basic u:s3cret")
			}
			if kept := tt.keeps[tt.want[len(tt.want)-1]] == nil; !slices.Equal(fake.kept, want) || kept != (code == 0) {
				t.Errorf("got %d; tried %q, want %q", code, fake.kept, want)
			}
		})
	}
}

// An empty password is one: some registries take any.
func TestStoreKeepsAnEmptySecret(t *testing.T) {
	fake := &fakeTokens{keeps: map[string]error{registry: nil}}
	for _, request := range []string{entryOf("reg.example:5000", "u", ""), `{"ServerURL":"reg.example:5000","Username":"u"}`} {
		if got, code := serve(t, "store", request, fake); got != "" || code != 0 {
			t.Errorf("got %q, %d", got, code)
		}
	}
	want := registry + " as reg.example:5000: Basic u:"
	if !slices.Equal(fake.kept, []string{want, want}) {
		t.Errorf("kept %q", fake.kept)
	}
}

// docker login prints what store says; a person must learn what to do next from it, and
// nobody the password.
func TestStoreIsRefusedWithTheReason(t *testing.T) {
	const program = "docker-credential-sesame: store: "
	const notObject = program + "read the request: not one JSON object: byte "
	const noRegistry = program + "the request does not name a registry: want host[:port]\n"
	readOnly := func(host, url string) string {
		return program + "tokens for " + host + " come from the provider pyx of its route " +
			"and cannot be stored; to see the route: sesame explain " + url + "\n"
	}
	noRoute := func(host, match, url string) string {
		return program + "no route keeps tokens for " + host + `: add to the configuration a [[route]] with match = "` + match +
			`" and provider = "static" (match = "*" is for every host); to check it: sesame explain ` + url + "\n"
	}
	tests := []struct{ name, request, want string }{
		{"a route that only reads", entryOf("reg.example:5000", "u", "hunter2"), readOnly("reg.example:5000", registry)},
		{"such a route, with a path", entryOf("reg.example:5000/v2/", "u", "hunter2"), readOnly("reg.example:5000", registry)},
		{"such a route for Docker Hub", entryOf(hubURL, "u", "hunter2"), readOnly("index.docker.io", hubURL)},
		{"such a route by http", entryOf("127.0.0.1:5000", "u", "hunter2"), readOnly("127.0.0.1:5000", "http://127.0.0.1:5000")},
		{"no route", entryOf("other.example:5000", "u", "hunter2"),
			noRoute("other.example:5000", "other.example:5000", "https://other.example:5000")},
		{"no route for a repository", entryOf("https://Other.example:443/team", "u", "hunter2"),
			noRoute("other.example", "other.example", "https://other.example")},
		{"no route for IPv6", entryOf("[2001:db8::1]:5000", "u", "hunter2"),
			noRoute("[2001:db8::1]:5000", "[2001:db8::1]:5000", "https://[2001:db8::1]:5000")},
		{"no route for this machine", entryOf("localhost:5000", "u", "hunter2"),
			noRoute("localhost:5000", "localhost:5000", "https://localhost:5000")},
		{"no route for a part of a web login", entryOf("docker.io/v1/access-token", "u", "hunter2"),
			noRoute("index.docker.io", "index.docker.io", "https://index.docker.io")},
		{"no route by http", entryOf("http://other.example/v2/", "u", "hunter2"), program + "no route keeps tokens for other.example: " +
			`add to the configuration a [[route]] with match = "http://other.example" and provider = "static"; ` +
			"to check it: sesame explain http://other.example\n"},
		{"no server URL", entryOf("", "u", "hunter2"), "no credentials server URL\n"},
		{"nothing", `{}`, "no credentials server URL\n"},
		{"no username", entryOf("h", "", "hunter2"), "no credentials username\n"},
		{"an empty request", "", notObject + "0\n"},
		{"not JSON", "hunter2", notObject + "0\n"},
		{"cut", `{"Secret":"hunter2"`, notObject + "19\n"},
		{"a number", `{"ServerURL":7}`, program + "read the request: \"ServerURL\" is not a string\n"},
		{"a second entry", entryOf("reg.example", "u", "hunter2") + entryOf("h", "u", "p"), notObject + "62\n"},
		{"a username as part of the registry", entryOf("u:hunter2@reg.example", "u", "p"), noRegistry},
		{"a line end in the registry", entryOf("hunter2\nx", "u", "p"), noRegistry},
		{"a host that no route can name", entryOf("reg_1.example", "u", "hunter2"), noRegistry},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			only := &protocols.ReadOnlyError{Provider: "pyx"}
			fake := &fakeTokens{keeps: map[string]error{registry: only, hubURL: only, "http://127.0.0.1:5000": only}}
			if got, code := serve(t, "store", tt.request, fake); got != tt.want || code != 1 {
				t.Errorf("got %q, %d; want %q", got, code, tt.want)
			}
		})
	}
}

// An error that the core knows more of than that there is no route must not become one.
func TestStoreSaysWhyNothingWasKept(t *testing.T) {
	fake := &fakeTokens{keeps: map[string]error{registry: &providers.Error{
		Kind: providers.ErrUnavailable, Message: "the keyring\nis locked"}}}
	got, code := serve(t, "store", entryOf("reg.example:5000", "u", "hunter2"), fake)
	if got != "docker-credential-sesame: store: the keyring is locked\n" || code != 1 {
		t.Errorf("got %q, %d", got, code)
	}
}
