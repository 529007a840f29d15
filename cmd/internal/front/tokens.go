package front

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/sesame-auth/sesame/cmd/internal/audit"
	"github.com/sesame-auth/sesame/cmd/internal/catalog"
	"github.com/sesame-auth/sesame/core"
	"github.com/sesame-auth/sesame/core/filestore"
	"github.com/sesame-auth/sesame/core/routes"
	"github.com/sesame-auth/sesame/protocols"
	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/duration"
)

// Settings are what the command line says beyond the request. The zero value is what a
// tool's own start gives.
type Settings struct {
	// Protocol is how the tool asks, for the audit log: "git".
	Protocol string
	// Config is the value of --config; "" if it was not given.
	Config string
	// Tolerance is the value of --refresh-tolerance; "" if it was not given.
	Tolerance string
	// Force is --force-refresh.
	Force bool
	// Table returns the compiled configuration of a file; nil has the program beside this one
	// compile it, and keeps that until the file changes.
	Table func(path string) (routes.Table, error)
	// Warn and Log are the dispatcher's.
	Warn func(message string)
	Log  func(message string, pairs ...string)
}

// tokens makes the dispatcher when it is needed: some operations need none.
type tokens struct {
	settings   Settings
	sought     bool // the configuration was: it may be broken
	ready      bool
	dispatcher core.Dispatcher
	store      filestore.Store
	launcher   launcher
	tolerance  time.Duration
	audit      *auditor
}

func (t *tokens) Token(ctx context.Context, u providers.URL, username string) (protocols.Answer, error) {
	if err := t.open(ctx); err != nil {
		return protocols.Answer{}, err
	}
	answer, err := t.dispatcher.Token(ctx, u, username)
	t.audit.answered(&t.dispatcher.Finder, u, username, &answer, err)
	return AnswerOf(answer), err
}

func (t *tokens) Renew(ctx context.Context, u providers.URL, username, fingerprint string) (protocols.Answer, error) {
	if err := t.open(ctx); err != nil {
		return protocols.Answer{}, err
	}
	answer, err := t.dispatcher.Renew(ctx, u, username, fingerprint)
	t.audit.answered(&t.dispatcher.Finder, u, username, &answer, err)
	return AnswerOf(answer), err
}

// AnswerOf says what a protocol must know, in the protocols' words.
func AnswerOf(a core.Answer) protocols.Answer {
	answer := protocols.Answer{Token: a.Token, Path: a.Path, Exclusive: a.Exclusive}
	switch a.Origin {
	case core.Stored:
		answer.Origin, answer.Fingerprint = protocols.Stored, core.Fingerprint(a.Token.Value)
	case core.Passed:
		answer.Origin = protocols.Passed
	case core.Kept:
		answer.Origin = protocols.Kept
	}
	return answer
}

func (t *tokens) Keep(ctx context.Context, u providers.URL, name string, token *providers.Token) error {
	if err := t.open(ctx); err != nil {
		return err
	}
	err := t.dispatcher.Keep(ctx, u, name, token)
	t.audit.told(&t.dispatcher.Finder, u, token.Username, audit.Taken, err)
	if e, ok := errors.AsType[*core.ReadOnlyError](err); ok {
		return &protocols.ReadOnlyError{Provider: e.Provider, Username: e.Username}
	}
	return err
}

func (t *tokens) Forget(ctx context.Context, u providers.URL, username string, value providers.Secret) error {
	if err := t.open(ctx); err != nil {
		return err
	}
	err := t.dispatcher.Forget(ctx, u, username, value)
	t.audit.told(&t.dispatcher.Finder, u, username, audit.Forgotten, err)
	return err
}

func (t *tokens) List(ctx context.Context) ([]providers.Account, error) {
	if err := t.open(ctx); err != nil {
		return nil, err
	}
	accounts, err := t.dispatcher.List(ctx)
	t.audit.outcome(audit.Listed, err)
	return accounts, err
}

// Dispatcher returns a dispatcher for the configuration, store and environment of this process.
func Dispatcher(ctx context.Context, s Settings) (*core.Dispatcher, error) {
	t := &tokens{settings: s}
	if err := t.open(ctx); err != nil {
		return nil, err
	}
	return &t.dispatcher, nil
}

func (t *tokens) open(ctx context.Context) error {
	if t.ready {
		return nil
	}
	d := &t.dispatcher
	if err := t.readConfiguration(ctx); err != nil {
		return err
	}
	if err := t.readTolerance(); err != nil {
		return err
	}
	t.launcher.warn = t.settings.Warn
	d.Finder.Profiles, d.Finder.Getenv = catalog.Profiles(), getenv
	d.Store, d.Refresh, d.Keeper = &t.store, t.launcher.refresh, t.launcher.keeper
	d.Warn, d.Log = t.settings.Warn, t.settings.Log
	t.audit.watch(d)
	if t.settings.Force {
		d.Forced = startOf(time.Now())
	}
	t.ready = true
	return nil
}

// readConfiguration reads the routes, and where the audit log is.
func (t *tokens) readConfiguration(ctx context.Context) (err error) {
	t.sought = true
	t.store.Dir = filestore.Dir(getenv)
	d := &t.dispatcher
	if t.launcher.config, d.Finder.Routes, err = configuration(ctx, t.settings, &t.store); err != nil {
		return err
	}
	t.openAudit(d.Finder.Routes.AuditLog())
	return nil
}

// readTolerance takes the request's own tolerance, if it has one: the flag's, else the
// environment's.
func (t *tokens) readTolerance() error {
	name, text := "--refresh-tolerance", t.settings.Tolerance
	if text == "" {
		name, text = "SESAME_REFRESH_TOLERANCE", getenv("SESAME_REFRESH_TOLERANCE")
	}
	if text == "" {
		return nil
	}
	d, ok := duration.Parse(text)
	if !ok || d > core.MaxTolerance {
		return errors.New(name + ": " + strconv.Quote(text) +
			" is not a duration from 0 to 24h, such as 90s, 30m or 1h")
	}
	t.tolerance = d
	t.dispatcher.Finder.Tolerance = &t.tolerance
	return nil
}
