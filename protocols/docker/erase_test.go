package docker

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/sesame-auth/sesame/protocols"
)

// containers/image before v5.24 calls itself until its stack is full when an erase
// fails, whatever the reason.
func TestEraseSucceedsWhateverHappens(t *testing.T) {
	const refreshToken = "https://index.docker.io/v1/refresh-token"
	tests := []struct {
		name, request string
		want          []string
	}{
		{"a registry", "reg.example:5000", []string{registry}},
		{"an unknown registry", "unknown.example", []string{"https://unknown.example"}},
		{"by https, as docker logout does", "https://reg.example:5000", []string{registry}},
		{"by http, as docker logout does", "http://reg.example:5000", []string{"http://reg.example:5000"}},
		{"a repository", "reg.example:5000/team/app", []string{registry + "/team/app"}},
		{"the root of the API", "reg.example:5000/v2/", []string{registry + "/v2", registry}},
		{"this machine", "localhost:5000", []string{"https://localhost:5000", "http://localhost:5000"}},
		{"Docker Hub", "https://index.docker.io/v1/", []string{hubURL}},
		{"Docker Hub's short name", "docker.io", []string{hubURL}},
		{"part of a web login", "https://index.docker.io/v1/refresh-token", []string{refreshToken}},
		{"no registry", "a b", nil},
		{"a host that no route can name", "reg_1.example", nil},
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

// The route of Docker Hub is for all its paths, so the core would forget Docker Hub's token for
// a part of a web login that was never kept.
func TestEraseOfAWebLoginsPartLeavesDockerHubsToken(t *testing.T) {
	const part = "https://index.docker.io/v1/refresh-token"
	tests := []struct {
		name   string
		origin protocols.Origin
		path   string
		want   []string
	}{
		{"the provider's token answers", protocols.Stored, "", nil},
		{"Docker Hub's kept token answers", protocols.Kept, "/v1", nil},
		{"the part itself answers", protocols.Kept, "/v1/refresh-token", []string{part}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fake := tester(part)
			fake.origin, fake.path = tt.origin, tt.path
			if got, code := serve(t, "erase", part, fake); got != "" || code != 0 || !slices.Equal(fake.forgotten, tt.want) {
				t.Errorf("got %q, %d; forgot %q, want %q", got, code, fake.forgotten, tt.want)
			}
		})
	}
}
