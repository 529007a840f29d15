package docker

import (
	"testing"

	"github.com/sesame-auth/sesame/protocols"
	"github.com/sesame-auth/sesame/providers"
)

// docker logout takes what it is answered for a part of a web login to the network: that must never
// be Docker Hub's own token, though its route is for that path too.
func TestGetAnswersAPartOfAWebLoginWithNothingElse(t *testing.T) {
	const part = "https://index.docker.io/v1/refresh-token"
	tests := []struct {
		name   string
		origin protocols.Origin
		path   string
		found  bool
	}{
		{"obtained for the request", protocols.Minted, "", false},
		{"from the store", protocols.Stored, "", false},
		{"from a provider that is asked every time", protocols.Passed, "/v1/refresh-token", false},
		{"kept for the host", protocols.Kept, "", false},
		{"kept for Docker Hub", protocols.Kept, "/v1", false},
		{"kept for the other part", protocols.Kept, "/v1/access-token", false},
		{"kept for that part", protocols.Kept, "/v1/refresh-token", true},
	}
	for _, tt := range tests {
		for _, request := range []string{part, part + "/", "docker.io/v1/refresh-token"} {
			t.Run(tt.name, func(t *testing.T) {
				fake := tester(part)
				fake.origin, fake.path = tt.origin, tt.path
				want, wantCode := "credentials not found in native keychain\n", 1
				if tt.found {
					want, wantCode = `{"ServerURL":"`+request+`","Username":"tester","Secret":"s3cret"}`+"\n", 0
				}
				if got, code := serve(t, "get", request, fake); got != want || code != wantCode {
					t.Errorf("%s: got %q, %d; want %q", request, got, code, want)
				}
			})
		}
	}
}

// oras stops where one of the two is empty, and the others go on without an account. git may have
// handed in either.
func TestGetOfAKeptTokenNeverAnswersWithHalfOfIt(t *testing.T) {
	const none = "credentials not found in native keychain\n"
	tests := []struct{ name, username, value, want string }{
		{"both", "u", "s3cret", `{"ServerURL":"reg.example:5000","Username":"u","Secret":"s3cret"}` + "\n"},
		{"no username", "", "s3cret", `{"ServerURL":"reg.example:5000","Username":"__token__","Secret":"s3cret"}` + "\n"},
		{"no secret", "u", "", none},
		{"neither", "", "", none},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fake := &fakeTokens{origin: protocols.Kept, tokens: map[string]*providers.Token{registry: {
				Username: tt.username, Value: providers.NewSecret(tt.value), Scheme: providers.Basic}}}
			if got, code := serve(t, "get", "reg.example:5000", fake); got != tt.want || (code == 0) != (tt.want != none) {
				t.Errorf("got %q, %d; want %q", got, code, tt.want)
			}
		})
	}
}

// An empty secret that is kept by https is no reason to hide the token that a route has by http.
func TestGetGoesOnBehindAKeptTokenWithoutASecret(t *testing.T) {
	fake := tester("http://localhost:5000")
	fake.origin = protocols.Kept
	fake.tokens["https://localhost:5000"] = &providers.Token{Username: "u", Scheme: providers.Basic}
	run := &runs{t: t, tokens: fake}
	run.wants("localhost:5000", "tester", "s3cret")
}
