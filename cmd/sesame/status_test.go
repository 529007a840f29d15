package main

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sesame-auth/sesame/cmd/internal/screen"
	"github.com/sesame-auth/sesame/core"
	"github.com/sesame-auth/sesame/core/routes"
	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/env"
)

// surveyed is one entry of every kind, as they are at now.
func surveyed(now time.Time) *core.Survey {
	query := func(pattern, host, provider, username string, line int) *core.Query {
		p, err := routes.ParsePattern(pattern)
		if err != nil {
			panic(err)
		}
		u, _ := providers.ParseURL(host)
		return &core.Query{
			URL: u, Username: username, Key: "k", Profile: providers.Profile{Name: provider},
			Route: routes.Route{Pattern: p, Provider: provider, Line: line},
		}
	}
	token := &providers.Token{Value: providers.NewSecret("hush"), State: providers.NewSecret("hush")}
	record := func(ago time.Duration) *core.Record { return &core.Record{Token: token, Obtained: now.Add(-ago)} }
	failed := record(3 * 24 * time.Hour)
	failed.Failure = &core.Failure{
		Err: providers.Error{Kind: providers.ErrLoginRequired, Message: "the issuer refused the refresh token: invalid_grant",
			Repair: "sesame login https://registry.example.com"},
		At: now.Add(-5 * time.Second), Next: now.Add(54*time.Second + 1),
	}
	builtIn := query("https://api.pyx.dev", "https://api.pyx.dev", "pyx", "", 0)
	builtIn.BuiltIn = true
	builtIn.Route = routes.Route{Provider: "pyx"}
	keyring := query("*", "https://host.example", "static", "", 40)
	keyring.Keeping = providers.KeepsItself
	return &core.Survey{
		Entries: []*core.Explanation{
			{Query: query("https://git.example.com/team", "https://git.example.com/team", "oauth2", "", 3), Verdict: core.Fresh,
				Record: record(8 * time.Minute), Window: core.Window{Expires: now.Add(52*time.Minute + time.Second)}},
			{Query: query("*.cache.example.com", "https://eu-central-1.build.cache.example.com:8443", "acme-internal-issuer", "a-robot-with-a-long-name", 7),
				Verdict: core.Ending, Record: record(time.Hour), Window: core.Window{Expires: now.Add(40 * time.Second)}},
			{Query: query("*.wild.example.com", "https://host.wild.example.com", "acme", "", 9), Verdict: core.Absent},
			{Query: query("https://registry.example.com", "https://registry.example.com", "oauth2", "ci", 12), Verdict: core.Expired,
				Record: failed, Window: core.Window{Expires: now.Add(-time.Hour)}},
			{Query: query("https://file.example.com", "https://file.example.com", "static", "", 15), Verdict: core.Absent,
				Err: errors.New("/run/secrets/file is open to other users; to repair it, type: chmod 600 /run/secrets/file")},
			{Query: query("https://kept.example.com", "https://kept.example.com/deep", "static", "me", 20), Verdict: core.Fresh, Kept: []string{"me"}},
			{Query: keyring, Verdict: core.Absent},
			{Query: builtIn, Verdict: core.Expiring, Record: record(26 * time.Hour), Window: core.Window{Expires: now.Add(3 * time.Hour)}},
		},
		Strays: []string{"x", "y"}, Faults: []core.Fault{{Key: "z", Err: errors.New("stored token /s/z.token: is damaged; it counts as absent")}},
	}
}

// A screen that changes by accident, or that a terminal breaks, is one that nobody reads.
func TestStatusFitsEightyColumns(t *testing.T) {
	const want = `ROUTE                     PROVIDER      ACCOUNT       VERDICT   LEFT   REFRESHED
https://git.example.com/team
                          oauth2        -             fresh     52m    8m ago
https://eu-central-1.build.cache.example.com:8443
                          acme-intern…  a-robot-wit…  ending    40s    1h ago
https://*.wild.example.com
                          acme          -             absent    -      -
https://registry.example.com
                          oauth2        ci            expired   -      3d ago
    failed 5s ago: the issuer refused the refresh token: invalid_grant; next try
    in 55s; to repair it, type: sesame login https://registry.example.com
https://file.example.com  static        -             absent    -      -
    failed: /run/secrets/file is open to other users; to repair it, type:
    chmod 600 /run/secrets/file
https://kept.example.com/deep
                          static        me            kept      -      -
https://*                 static        -             kept      -      -
https://api.pyx.dev       pyx           -             expiring  3h00m  1d ago
warning: stored token /s/z.token: is damaged; it counts as absent
warning: 2 stored tokens that no route leads to: the configuration or a variable
    has changed since
`
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	var out strings.Builder
	if err := newStatus(surveyed(now), now).print(screen.Screen{Out: &out, Width: 80}, now); err != nil {
		t.Fatal(err)
	}
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}

// Programs read the names for years.
func TestStatusInJSONKeepsItsNames(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	text, err := json.Marshal(newStatus(surveyed(now), now).Routes[3])
	const want = `{"route":"https://registry.example.com","url":"https://registry.example.com","provider":"oauth2","account":"ci",` +
		`"verdict":"expired","expires":"2026-01-02T02:04:05Z","last_refresh":"2025-12-30T03:04:05Z",` +
		`"last_failure":{"at":"2026-01-02T03:04:00Z","message":"the issuer refused the refresh token: invalid_grant",` +
		`"repair":"sesame login https://registry.example.com"},"next_try":"2026-01-02T03:04:59.000000001Z","line":12,"key":"k"}`
	if err != nil || string(text) != want {
		t.Errorf("got\n%s, %v\nwant\n%s", text, err, want)
	}
}

func TestWatchDrawsUntilItIsInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		drawn := 0
		err := watch(ctx, 2*time.Second, func() error { drawn++; return nil })
		if err != nil || drawn != 3 {
			t.Errorf("drawn %d times in 5 seconds, %v; want 3", drawn, err)
		}
		broken := errors.New("broken")
		if err := watch(t.Context(), time.Second, func() error { return broken }); err != broken {
			t.Errorf("got %v", err)
		}
	})
}

func TestBriefTellsTheTwoGreatestUnits(t *testing.T) {
	for want, d := range map[string]time.Duration{
		"0s": -time.Second, "59s": time.Minute - 1, "1m": time.Minute, "59m": time.Hour - 1, "1h00m": time.Hour,
		"23h59m": 24*time.Hour - 1, "1d00h": 24 * time.Hour, "365d01h": 365*24*time.Hour + 90*time.Minute,
	} {
		if got := brief(d); got != want {
			t.Errorf("%v: got %s, want %s", d, got, want)
		}
	}
}

// A host that is guessed wrong is a row that says "absent" of one that nobody has heard of.
func TestHostOfAVariableIsTheOneItServes(t *testing.T) {
	for variable, want := range map[string]string{
		"SESAME_TOKEN_REGISTRY_EXAMPLE_COM":   "https://registry.example.com",
		"SESAME_TOKEN_MY__HOST_TEST_8443":     "https://my-host.test:8443",
		"SESAME_TOKEN_LOCALHOST_5000":         "https://localhost:5000",
		"SESAME_TOKEN_127_0_0_1":              "https://127.0.0.1",
		"SESAME_TOKEN_127_0_0_1_5000":         "https://127.0.0.1:5000",
		"SESAME_TOKEN_A_B_C_8080":             "https://a.b.c:8080",
		"SESAME_TOKEN_XN____BCHER__KVA_TEST":  "https://xn--bcher-kva.test",
		"SESAME_TOKEN_LOCALHOST":              "https://localhost",
		"SESAME_TOKEN_":                       "",
		"SESAME_TOKEN__":                      "",
		"SESAME_TOKEN_5":                      "",
		"SESAME_USERNAME_REGISTRY_EXAMPLE":    "",
		"SESAME_TOKEN_REGISTRY_EXAMPLE_99999": "",
	} {
		u, ok := hostOfVariable(variable)
		switch {
		case ok != (want != ""), ok && u.String() != want:
			t.Errorf("%s: got %s, %v, want %q", variable, u, ok, want)
		case ok && !env.Profile().Serves(u, func(name string) string { return map[string]string{variable: "t"}[name] }):
			t.Errorf("%s: %s is not served", variable, u)
		}
	}
}
