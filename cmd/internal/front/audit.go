package front

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/sesame-auth/sesame/cmd/internal/audit"
	"github.com/sesame-auth/sesame/cmd/internal/environ"
	"github.com/sesame-auth/sesame/core"
	"github.com/sesame-auth/sesame/protocols"
	"github.com/sesame-auth/sesame/providers"
)

// An auditor gathers what the audit log tells of an answer. Where the log is off it is nil, and its methods do
// nothing.
type auditor struct {
	path    string
	line    audit.Line
	verdict string // the first that the dispatcher came to, since the last call
}

// openAudit turns the audit log on if the variable, or else the configuration, names its file.
func (t *tokens) openAudit(configured string) {
	if path := audit.Path(configured, environ.Lookup); path != "" {
		t.audit = &auditor{path: path}
	}
}

// findAudit looks for the audit log of a request that ended before the configuration was read. Where that is
// broken, the variable alone can turn the log on.
func (t *tokens) findAudit(ctx context.Context) {
	if t.audit != nil || t.ready {
		return
	}
	t.openAudit("")
	if _, set := environ.Lookup(audit.Variable); !set && !t.sought {
		_ = t.readConfiguration(ctx)
	}
}

// watch takes the verdicts from what the dispatcher logs.
func (a *auditor) watch(d *core.Dispatcher) {
	if a == nil {
		return
	}
	log := d.Log
	d.Log = func(message string, pairs ...string) {
		for i := 0; i+1 < len(pairs); i += 2 {
			if pairs[i] == "verdict" && a.verdict == "" {
				a.verdict = pairs[i+1]
			}
		}
		if log != nil {
			log(message, pairs...)
		}
	}
}

// answered notes what a tool that asked for a token gets. Of several calls the last counts: a protocol
// goes on only where there was nothing.
func (a *auditor) answered(f *core.Finder, u providers.URL, username string, answer *core.Answer, err error) {
	if a == nil {
		return
	}
	outcome := audit.Served
	if answer.Origin == core.Minted {
		outcome = audit.Refreshed
	}
	a.told(f, u, username, outcome, err)
	if t := answer.Token; err == nil && t != nil {
		a.line.Account = t.Username
		a.line.Token = ShortFingerprint(t)
	}
}

// ShortFingerprint names a token for people: the first 8 digits of its fingerprint. It is "" for a
// password: whoever has the fingerprint of one can try passwords against it.
func ShortFingerprint(t *providers.Token) string {
	if strings.EqualFold(t.Scheme, providers.Basic) {
		return ""
	}
	return core.Fingerprint(t.Value)[:8]
}

// told notes the outcome of a call, and which route it was for.
func (a *auditor) told(f *core.Finder, u providers.URL, username, outcome string, err error) {
	if a == nil {
		return
	}
	a.line = audit.Line{Host: u.Scheme + "://" + u.Authority(), Account: username, Verdict: a.verdict}
	a.verdict = ""
	a.outcome(outcome, err)
	q := new(core.Query)
	if _ = f.Find(q, u, username); q.Profile.Name == "" {
		return
	}
	a.line.Route, a.line.Provider = q.Name(), q.Profile.Name
	switch {
	case q.Keeping != providers.KeepsNothing:
		a.line.Verdict = "kept"
	case q.InProcess():
		a.line.Verdict = "not stored"
	}
}

// outcome notes what came of a call: the outcome, or the kind of the error.
func (a *auditor) outcome(outcome string, err error) {
	if a == nil {
		return
	}
	_, readOnly := errors.AsType[*core.ReadOnlyError](err)
	switch {
	case err == nil:
		a.line.Outcome = outcome
	case readOnly:
		a.line.Outcome = audit.NotTaken
	case errors.Is(err, providers.ErrNotFound):
		a.line.Outcome = audit.Nothing
	case errors.Is(err, providers.ErrLoginRequired):
		a.line.Outcome = audit.LoginRequired
	case errors.Is(err, providers.ErrUnavailable):
		a.line.Outcome = audit.Unavailable
	default:
		a.line.Outcome = audit.Failed
	}
}

// audit writes the line of the request, which ended with err, if the log is on. That it cannot is a warning: the
// tool has its answer. Of an option there is none: it is a person who types --version.
func (r *request) audit(ctx context.Context, operation string, err error) {
	if strings.HasPrefix(operation, "-") {
		return
	}
	r.tokens.findAudit(ctx)
	a := r.tokens.audit
	if a == nil {
		return
	}
	a.end(err, r.out.written)
	line := &a.line
	line.Time, line.Tool = time.Now(), audit.Tool()
	line.Protocol, line.Operation = r.tokens.settings.Protocol, operation
	if !r.deadline.at.IsZero() {
		line.Took = line.Time.Sub(r.deadline.at.Add(-r.deadline.length))
	}
	if err := audit.Append(a.path, line); err != nil && r.tokens.settings.Warn != nil {
		r.tokens.settings.Warn(err.Error())
	}
}

// end corrects the outcome by how the request ended: a token that was found may not fit what the tool
// asked for, or its protocol.
func (a *auditor) end(err error, written bool) {
	_, said := errors.AsType[protocols.Exit](err)
	found := a.line.Outcome == audit.Served || a.line.Outcome == audit.Refreshed
	switch {
	case found && (said || err == nil && !written):
		a.line.Outcome, a.line.Token = audit.Nothing, ""
	case found && err != nil:
		a.line.Outcome, a.line.Token = audit.Failed, ""
	case a.line.Outcome == "" && err != nil:
		a.line.Outcome = audit.Failed
	case a.line.Outcome == "":
		a.line.Outcome = audit.Done
	}
}
