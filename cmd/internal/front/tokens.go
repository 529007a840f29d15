//go:build unix

package front

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/sesame-auth/sesame/cmd/internal/catalog"
	"github.com/sesame-auth/sesame/core"
	"github.com/sesame-auth/sesame/core/filestore"
	"github.com/sesame-auth/sesame/core/routes"
	"github.com/sesame-auth/sesame/providers"
)

// Settings are what the command line says beyond the request. The zero value is what a
// tool's own start gives.
type Settings struct {
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

	asked time.Time
}

// tokens makes the dispatcher when it is needed: some operations need none.
type tokens struct {
	settings   Settings
	dispatcher *core.Dispatcher
}

func (t *tokens) Token(ctx context.Context, u providers.URL, username string) (*providers.Token, error) {
	if err := t.open(ctx); err != nil {
		return nil, err
	}
	return t.dispatcher.Token(ctx, u, username)
}

func (t *tokens) Forget(ctx context.Context, u providers.URL, username string, value providers.Secret) error {
	if err := t.open(ctx); err != nil {
		return err
	}
	return t.dispatcher.Forget(ctx, u, username, value)
}

func (t *tokens) List(ctx context.Context) ([]providers.Account, error) {
	if err := t.open(ctx); err != nil {
		return nil, err
	}
	return t.dispatcher.List(ctx)
}

func (t *tokens) open(ctx context.Context) error {
	if t.dispatcher != nil {
		return nil
	}
	dispatcher, err := Dispatcher(ctx, t.settings)
	t.dispatcher = dispatcher
	return err
}

// Dispatcher returns a dispatcher for the configuration, store and environment of this process.
func Dispatcher(ctx context.Context, s Settings) (*core.Dispatcher, error) {
	tolerance, err := toleranceOf(s)
	if err != nil {
		return nil, err
	}
	store := &filestore.Store{Dir: filestore.Dir(getenv)}
	path, table, err := configuration(ctx, s, store)
	if err != nil {
		return nil, err
	}
	d := &core.Dispatcher{
		Finder: core.Finder{
			Routes: table, Profiles: catalog.Profiles(), Getenv: getenv, Tolerance: tolerance,
		},
		Store: store, Warn: s.Warn, Log: s.Log,
	}
	if s.Force {
		d.Forced = startOf(s.asked)
	}
	d.Refresh = (&launcher{config: path, warn: d.Warn}).refresh
	return d, nil
}

// toleranceOf returns the request's own tolerance: the flag's, else the environment's,
// else nil.
func toleranceOf(s Settings) (*time.Duration, error) {
	name, text := "--refresh-tolerance", s.Tolerance
	if text == "" {
		name, text = "SESAME_REFRESH_TOLERANCE", getenv("SESAME_REFRESH_TOLERANCE")
	}
	if text == "" {
		return nil, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 || d > core.MaxTolerance {
		return nil, errors.New(name + ": " + strconv.Quote(text) +
			" is not a duration from 0 to 24h, such as 90s, 30m or 1h")
	}
	return &d, nil
}
