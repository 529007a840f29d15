package core

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/sesame-auth/sesame/providers"
)

// Whoever reads a failure has a build that stands still: it ends with one command to type, and says nothing twice.
func TestFailureEndsWithOneCommand(t *testing.T) {
	const what = "token for https://git.example.com/team: "
	rows := []struct {
		name string
		err  providers.Error
		want string
	}{
		{"a repair", providers.Error{Message: "nobody is logged in", Repair: "issuer login"},
			what + "issuer: nobody is logged in; next try in 1m0s; to repair it, type: issuer login"},
		{"no repair", providers.Error{Message: "open /s: no such file"},
			what + "issuer: open /s: no such file; next try in 1m0s; to look into it, type: sesame explain https://git.example.com/team"},
		{"a repair within", providers.Error{Message: "/s is open; type: chmod 600 /s"},
			what + "issuer: /s is open; type: chmod 600 /s; next try in 1m0s"},
		{"a plugin's", providers.Error{Message: "plugin issuer: /p: it ended"},
			what + "plugin issuer: /p: it ended; next try in 1m0s; to look into it, type: sesame explain https://git.example.com/team"},
		{"another plugin's", providers.Error{Message: "plugin issuers: /p: it ended", Repair: "issuer login"},
			what + "issuer: plugin issuers: /p: it ended; next try in 1m0s; to repair it, type: issuer login"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHouse(t, 5*time.Minute)
				row.err.Kind = providers.ErrLoginRequired
				h.issuer.err = &row.err
				if _, err := h.get(t); err == nil || err.Error() != row.want {
					t.Errorf("got  %v\nwant %s", err, row.want)
				}
			})
		})
	}
}

// The command is copied into a shell: it must make a route for that very URL, and never one that sends a secret in the clear
// where https was asked for.
func TestNoRouteNamesTheCommandThatAddsOne(t *testing.T) {
	for text, want := range map[string]string{
		"https://git.example.com/team":  "sesame config init --match git.example.com",
		"https://git.example.com:8443/": "sesame config init --match git.example.com:8443",
		"http://localhost:8080/x":       "sesame config init --match http://localhost:8080",
		"https://[::1]:5000":            "sesame config init --match [::1]:5000",
		"https://a_b.test":              "",
	} {
		u, err := providers.ParseURL(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := addRoute(u); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
