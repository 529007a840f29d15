package main

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/cmd/internal/screen"
	"github.com/sesame-auth/sesame/core"
	"github.com/sesame-auth/sesame/providers"
)

// states returns "STATUS WHAT" of each finding.
func states(found []finding) (lines []string) {
	for _, f := range found {
		lines = append(lines, f.Status+" "+f.What)
	}
	return lines
}

// wantFinding fails the test if there is not exactly one finding of that status with these words in it, and a repair.
func wantFinding(t *testing.T, found []finding, status, words string) {
	t.Helper()
	if len(found) != 1 || found[0].Status != status || !strings.Contains(found[0].What, words) {
		t.Errorf("got %q, want %s: %s", states(found), status, words)
		return
	}
	if status != statusOK && found[0].Repair == "" {
		t.Errorf("%q has no repair", found[0].What)
	}
}

func TestDiagnosisFitsEightyColumns(t *testing.T) {
	d := diagnosis{Findings: []finding{
		{Check: "installation", Status: statusOK, What: "sesame 0.1.0 and what the tools start are in /usr/local/bin"},
		{Check: "configuration", Status: statusFault, What: `/home/me/.config/sesame/config.toml:5: unknown provider "pix": known are env, exec, oauth2, pyx, static`,
			Repair: "correct /home/me/.config/sesame/config.toml, and type: sesame config check"},
		{Check: "path", Status: statusWarning, What: "PATH has it twice", Repair: "remove one"},
	}}
	d.count()
	const want = `ok       installation   sesame 0.1.0 and what the tools start are in
                        /usr/local/bin
fault    configuration  /home/me/.config/sesame/config.toml:5: unknown provider
                        "pix": known are env, exec, oauth2, pyx, static
                        to repair it, correct
                        /home/me/.config/sesame/config.toml, and type:
                        sesame config check
warning  path           PATH has it twice
                        to repair it, remove one

1 fault, 1 warning
`
	var out strings.Builder
	if err := d.print(screen.Screen{Out: &out, Width: 80}, false); err != nil || out.String() != want {
		t.Errorf("%v, got\n%s\nwant\n%s", err, out.String(), want)
	}
}

// A route that is told as broken though it is not teaches people to look away.
func TestRouteIsWrongOnlyWhereSomebodyMustDoSomething(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	byName := map[string]*core.Explanation{}
	for _, e := range surveyed(now).Entries {
		byName[e.Query.URL.Host] = e
	}
	failing := byName["registry.example.com"]
	usable := *failing
	usable.Verdict = core.Expiring
	killed := *byName["git.example.com"]
	killed.Record = &core.Record{Token: killed.Record.Token, Obtained: now.Add(-time.Hour), Intent: now.Add(-2 * time.Minute)}
	underWay := killed
	underWay.Record = &core.Record{Token: killed.Record.Token, Obtained: now.Add(-time.Hour), Intent: now.Add(-time.Second)}
	expired := *byName["git.example.com"]
	expired.Verdict = core.Expired
	refused := expired
	refused.Verdict = core.Refused
	device := *killed.Query
	device.Route.Options = providers.Options{{Name: "grant", Kind: providers.StringOption, Values: []string{"device"}}}
	absent := &core.Explanation{Query: &device, Verdict: core.Absent}
	inProcess := func(err error) *core.Explanation {
		e := *byName["file.example.com"]
		q := *e.Query
		q.Profile.New = func() providers.Provider { return nil }
		e.Query, e.Err = &q, err
		return &e
	}
	unset := inProcess(&providers.Error{Kind: providers.ErrNotFound, Message: "SESAME_TOKEN_X is not set"})
	open := inProcess(errors.New("token for https://file.example.com: static: /f is open to other users; to repair it, type: chmod 600 /f"))
	for _, row := range []struct {
		name                  string
		e                     *core.Explanation
		status, words, repair string
	}{
		{name: "fresh", e: byName["git.example.com"]},
		{name: "expired", e: &expired},
		{name: "a refresh is under way", e: &underWay},
		{"login required", failing, statusFault, "failed 5s ago: the issuer refused", "sesame login https://registry.example.com"},
		{"login required, token in hand", &usable, statusWarning, "still good", "sesame login https://registry.example.com"},
		{"interrupted", &killed, statusWarning, "interrupted 2m ago", "if the next one fails, type: sesame login https://git.example.com/team"},
		{"refused", &refused, statusWarning, "refused", "sesame token https://git.example.com/team"},
		{"no login yet", absent, statusWarning, "nobody has logged in", "sesame login https://git.example.com/team"},
		{"a variable is not set", unset, statusWarning, "SESAME_TOKEN_X is not set", "sesame explain https://file.example.com"},
		{"a file is open", open, statusFault, "https://file.example.com: static: /f is open to other users", "chmod 600 /f"},
	} {
		t.Run(row.name, func(t *testing.T) {
			f, ok := checkRoute(row.e, now)
			if ok != (row.status != "") || f.Status != row.status || !strings.Contains(f.What, row.words) || f.Repair != row.repair {
				t.Errorf("got %v, %+v", ok, f)
			}
		})
	}
}
