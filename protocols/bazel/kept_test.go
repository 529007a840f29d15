package bazel

import (
	"testing"

	"github.com/sesame-auth/sesame/protocols"
	"github.com/sesame-auth/sesame/providers"
)

// A password that docker or git handed in goes out as it was typed: with another username in
// the place of an empty one its server would refuse it.
func TestGetCarriesAKeptTokenAsItWasHandedIn(t *testing.T) {
	const request = `{"uri":"https://h.test/x"}`
	tests := []struct{ name, scheme, username, value, want string }{
		{"a password", "Basic", "u", "p", "Basic dTpw"},
		{"a colon in the password", "Basic", "u", "p:q", "Basic dTpwOnE="},
		{"letters beyond ASCII", "Basic", "Zoë", "東京", "Basic Wm/DqzrmnbHkuqw="},
		{"no username", "Basic", "", "p", "Basic OnA="},
		{"no password", "Basic", "u", "", "Basic dTo="},
		{"neither", "Basic", "", "", "Basic Og=="},
		{"another scheme", "Bearer", "u", "T", "Bearer T"},
		{"another scheme in git's spelling", "bearer", "", "T", "bearer T"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fake := &fakeTokens{origin: protocols.Kept, tokens: map[string]*providers.Token{"https://h.test/x": {
				Scheme: tt.scheme, Username: tt.username, Value: providers.NewSecret(tt.value)}}}
			got, err := serveGet(t, request, fake)
			if want := `{"headers":{"Authorization":["` + tt.want + `"]}}` + "\n"; err != nil || got != want {
				t.Errorf("got %q, %v; want %q", got, err, want)
			}
		})
	}
}

// What no header can hold is refused, whoever handed it in.
func TestGetRefusesAKeptTokenThatNoHeaderCanHold(t *testing.T) {
	tests := []struct{ name, scheme, username, value string }{
		{"a colon in the username", "Basic", "u:v", "p"},
		{"a line end in the password", "Basic", "u", "p\n"},
		{"no token of another scheme", "Bearer", "u", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fake := &fakeTokens{origin: protocols.Kept, tokens: map[string]*providers.Token{"https://h.test/x": {
				Scheme: tt.scheme, Username: tt.username, Value: providers.NewSecret(tt.value)}}}
			if got, err := serveGet(t, `{"uri":"https://h.test/x"}`, fake); err == nil {
				t.Errorf("got %q", got)
			}
		})
	}
}
