//go:build unix

package front

import (
	"errors"
	"testing"

	"github.com/sesame-auth/sesame/cmd/internal/audit"
	"github.com/sesame-auth/sesame/core"
	"github.com/sesame-auth/sesame/protocols"
	"github.com/sesame-auth/sesame/providers"
)

// Who reads the log must not be told that a token was handed out that the tool never got.
func TestAuditTellsWhatTheToolGot(t *testing.T) {
	found := core.Answer{Token: &providers.Token{Username: "ci", Value: providers.NewSecret("t")}, Origin: core.Stored}
	minted := found
	minted.Origin = core.Minted
	password := core.Answer{Token: &providers.Token{Username: "ci", Value: providers.NewSecret("t"), Scheme: providers.Basic}, Origin: core.Kept}
	broken := errors.New("the token is too long")
	for _, row := range []struct {
		name       string
		answer     core.Answer
		err, ended error
		written    bool
		outcome    string
		token      bool
	}{
		{"from the store", found, nil, nil, true, audit.Served, true},
		{"obtained", minted, nil, nil, true, audit.Refreshed, true},
		{"a password", password, nil, nil, true, audit.Served, false},
		{"found, and not what was asked for", found, nil, nil, false, audit.Nothing, false},
		{"found, and docker was told that there is nothing", found, nil, protocols.Exit(1), true, audit.Nothing, false},
		{"found, and it does not fit", found, nil, broken, false, audit.Failed, false},
		{"no route", core.Answer{}, providers.ErrNotFound, nil, true, audit.Nothing, false},
		{"login required", core.Answer{}, &providers.Error{Kind: providers.ErrLoginRequired}, broken, false, audit.LoginRequired, false},
		{"unavailable", core.Answer{}, &providers.Error{Kind: providers.ErrUnavailable}, protocols.Exit(1), true, audit.Unavailable, false},
		{"another error", core.Answer{}, broken, broken, false, audit.Failed, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			a := &auditor{verdict: "fresh"}
			u := providers.URL{Scheme: "https", Host: "h.test", Path: "/hush"}
			a.answered(&core.Finder{}, u, "asked", &row.answer, row.err)
			a.end(row.ended, row.written)
			if l := a.line; l.Outcome != row.outcome || (l.Token != "") != row.token || l.Verdict != "fresh" || l.Host != "https://h.test" {
				t.Errorf("got %+v", l)
			}
		})
	}
}

func TestAuditOfWhatIsNoToken(t *testing.T) {
	for want, note := range map[string]func(*auditor){
		audit.Taken: func(a *auditor) { a.told(&core.Finder{}, providers.URL{}, "", audit.Taken, nil) },
		audit.NotTaken: func(a *auditor) {
			a.told(&core.Finder{}, providers.URL{}, "", audit.Taken, &core.ReadOnlyError{})
		},
		audit.Nothing:   func(a *auditor) { a.told(&core.Finder{}, providers.URL{}, "", audit.Taken, providers.ErrNotFound) },
		audit.Forgotten: func(a *auditor) { a.told(&core.Finder{}, providers.URL{}, "", audit.Forgotten, nil) },
		audit.Listed:    func(a *auditor) { a.outcome(audit.Listed, nil) },
		audit.Done:      func(*auditor) {},
	} {
		a := &auditor{}
		note(a)
		a.end(nil, false)
		if a.line.Outcome != want {
			t.Errorf("got %q, want %q", a.line.Outcome, want)
		}
	}
	a := &auditor{}
	a.end(errors.New("the request is no JSON"), false)
	if a.line.Outcome != audit.Failed {
		t.Errorf("a bad request: got %q", a.line.Outcome)
	}
}

// Where the log is off there is no auditor, and a hit must not fall over that.
func TestAuditThatIsOffDoesNothing(t *testing.T) {
	var off *auditor
	d := &core.Dispatcher{}
	off.watch(d)
	off.answered(&d.Finder, providers.URL{}, "", &core.Answer{}, nil)
	off.told(&d.Finder, providers.URL{}, "", audit.Taken, nil)
	off.outcome(audit.Listed, nil)
	if d.Log != nil {
		t.Error("the dispatcher logs")
	}
}

// The first verdict is the one that the tool came to; later ones are of what it was given.
func TestAuditTakesTheFirstVerdictAndPassesTheLogOn(t *testing.T) {
	passed := 0
	d := &core.Dispatcher{Log: func(string, ...string) { passed++ }}
	a := &auditor{}
	a.watch(d)
	d.Log("looked", "url", "https://h.test", "verdict", "expired")
	d.Log("served", "verdict", "fresh")
	if a.verdict != "expired" || passed != 2 {
		t.Errorf("verdict %q, %d lines were passed on", a.verdict, passed)
	}
}
