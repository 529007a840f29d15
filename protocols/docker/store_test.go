package docker

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

func TestStoreIsRefusedWithTheReason(t *testing.T) {
	const notObject = "docker-credential-sesame: store: read the request: not one JSON object: byte "
	refused := func(host, url string) string {
		return "docker-credential-sesame: store: tokens for " + host + " come from the provider of its route " +
			"and cannot be stored; to see the route: sesame explain " + url + "\n"
	}
	tests := []struct{ name, request, want string }{
		{"as docker writes it", `{"ServerURL":"reg.example:5000","Username":"u","Secret":"hunter2"}` + "\n",
			refused("reg.example:5000", registry)},
		{"Docker Hub", `{"ServerURL":"https://index.docker.io/v1/","Username":"u","Secret":"hunter2"}`,
			refused("index.docker.io", hubURL)},
		{"an identity token", `{"ServerURL":"reg.example","Username":"\u003ctoken\u003e","Secret":"hunter2"}`,
			refused("reg.example", "https://reg.example")},
		{"no server URL", `{"ServerURL":"","Username":"u","Secret":"hunter2"}`, "no credentials server URL\n"},
		{"nothing", `{}`, "no credentials server URL\n"},
		{"no username", `{"ServerURL":"h","Secret":"hunter2"}`, "no credentials username\n"},
		{"an empty request", "", notObject + "0\n"},
		{"not JSON", "hunter2", notObject + "0\n"},
		{"cut", `{"Secret":"hunter2"`, notObject + "19\n"},
		{"a number", `{"ServerURL":7}`, "docker-credential-sesame: store: read the request: \"ServerURL\" is not a string\n"},
		{"no registry", `{"ServerURL":"u:hunter2@reg.example","Username":"u"}`,
			"docker-credential-sesame: store: the request does not name a registry: want host[:port]\n"},
		{"a line end in the registry", `{"ServerURL":"hunter2\nx","Username":"u"}`,
			"docker-credential-sesame: store: the request does not name a registry: want host[:port]\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fake := tester(registry)
			if got, code := serve(t, "store", tt.request, fake); got != tt.want || code != 1 {
				t.Errorf("got %q, %d; want %q", got, code, tt.want)
			}
		})
	}
}

// containers/image before v5.24 calls itself until its stack is full when an erase
// fails, whatever the reason.
func TestEraseSucceedsWhateverHappens(t *testing.T) {
	tests := []struct {
		name, request string
		want          []string
	}{
		{"a registry", "reg.example:5000", []string{registry}},
		{"as docker logout does", "http://reg.example:5000", []string{"http://reg.example:5000"}},
		{"this machine", "localhost:5000", []string{"https://localhost:5000", "http://localhost:5000"}},
		{"Docker Hub", "https://index.docker.io/v1/", []string{hubURL}},
		{"part of a web login", "https://index.docker.io/v1/refresh-token", nil},
		{"no registry", "a b", nil},
		{"too much", strings.Repeat("a", 70_000), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fake := &fakeTokens{err: errors.New("read-only file system")}
			for range 2 {
				if got, code := serve(t, "erase", tt.request, fake); got != "" || code != 0 {
					t.Errorf("got %q, %d", got, code)
				}
			}
			if want := append(slices.Clone(tt.want), tt.want...); !slices.Equal(fake.forgotten, want) {
				t.Errorf("forgot %q, want %q", fake.forgotten, want)
			}
		})
	}
	if err := Serve(t.Context(), "erase", iotest.ErrReader(errors.New("broken")), io.Discard, nil); err != nil {
		t.Errorf("broken stdin: got %v", err)
	}
}
