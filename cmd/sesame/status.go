package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/sesame-auth/sesame/cmd/internal/front"
	"github.com/sesame-auth/sesame/cmd/internal/screen"
	"github.com/sesame-auth/sesame/core"
	"github.com/sesame-auth/sesame/core/routes"
	"github.com/sesame-auth/sesame/protocols"
	"github.com/sesame-auth/sesame/providers"
)

// watchEvery is how often --watch looks.
const watchEvery = 2 * time.Second

// statusCommand tells where every route stands.
func statusCommand() *cli.Command {
	return &cli.Command{
		Name: "status", Usage: "tell where the token of every route stands",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "json", Usage: "for programs"},
			&cli.BoolFlag{Name: "watch", Usage: "again and again, until it is interrupted"},
		},
		Action: func(c *cli.Context) error {
			if c.NArg() > 0 {
				return protocols.UsageError("usage: sesame status [--json] [--watch]")
			}
			s := screen.New(c.App.Writer, os.Getenv)
			draw := func() error { return drawStatus(c, s) }
			if !c.Bool("watch") {
				return draw()
			}
			ctx, stop := signal.NotifyContext(c.Context, os.Interrupt, syscall.SIGTERM)
			defer stop()
			return watch(ctx, watchEvery, func() error { return errors.Join(s.Clear(), draw()) })
		},
	}
}

// watch calls draw now and at every interval, until ctx ends or draw fails.
func watch(ctx context.Context, interval time.Duration, draw func() error) error {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		if err := draw(); err != nil {
			return err
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// drawStatus reads everything anew, and prints it.
func drawStatus(c *cli.Context, s screen.Screen) error {
	set := settings(c)
	set.Warn = nil // what is wrong is among what is printed
	d, err := front.Dispatcher(c.Context, set)
	if err != nil {
		return err
	}
	survey, err := d.Survey(c.Context, builtInURLs(os.Environ(), os.Getenv))
	if err != nil {
		return err
	}
	status := newStatus(survey, time.Now())
	status.Configuration = routes.Path(set.Config, d.Finder.Getenv)
	if c.Bool("json") {
		encoder := json.NewEncoder(s.Out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(status)
	}
	return status.print(s, time.Now())
}

// A status is what status prints. Its JSON names are stable.
type status struct {
	Configuration string     `json:"configuration,omitempty"`
	Routes        []standing `json:"routes"`
	Warnings      []string   `json:"warnings,omitempty"`
}

// A standing is where the token of one route, host and account stands.
type standing struct {
	Route    string `json:"route"`
	URL      string `json:"url"`
	Provider string `json:"provider"`
	Account  string `json:"account,omitempty"`
	// Verdict is fresh, expiring, ending, expired, refused, absent or kept.
	Verdict     string     `json:"verdict"`
	Expires     *time.Time `json:"expires,omitempty"`
	SecondsLeft int64      `json:"seconds_left,omitempty"`
	LastRefresh *time.Time `json:"last_refresh,omitempty"`
	LastFailure *failure   `json:"last_failure,omitempty"`
	NextTry     *time.Time `json:"next_try,omitempty"`
	Line        int        `json:"line,omitempty"`
	Key         string     `json:"key"`

	shown string // in the table's first column
}

// A failure is the last one, and what a person can do about it.
type failure struct {
	At      *time.Time `json:"at,omitempty"`
	Message string     `json:"message"`
	Repair  string     `json:"repair,omitempty"`
}

func newStatus(survey *core.Survey, now time.Time) *status {
	s := &status{Routes: []standing{}}
	for _, e := range survey.Entries {
		s.Routes = append(s.Routes, newStanding(e, now))
	}
	for _, fault := range survey.Faults {
		s.Warnings = append(s.Warnings, fault.Err.Error())
	}
	if n := len(survey.Strays); n > 0 {
		s.Warnings = append(s.Warnings, count(n, "stored token")+" that no route leads to: "+
			"the configuration or a variable has changed since")
	}
	return s
}

func newStanding(e *core.Explanation, now time.Time) standing {
	q := e.Query
	s := standing{
		Route: q.Name(), URL: q.URL.String(), Provider: q.Profile.Name, Account: q.Username,
		Verdict: e.Verdict.String(), Line: q.Route.Line, Key: q.Key, shown: shownRoute(e),
	}
	if q.Keeping == providers.KeepsItself || len(e.Kept) > 0 {
		s.Verdict = "kept"
	}
	if expires := e.Window.Expires; !expires.IsZero() {
		s.Expires, s.SecondsLeft = &expires, max(0, int64(expires.Sub(now)/time.Second))
	}
	if r := e.Record; r != nil && r.Token != nil {
		obtained := r.Obtained
		s.LastRefresh = &obtained
		if s.Account == "" {
			s.Account = r.Token.Username
		}
	}
	s.failure(e, now)
	return s
}

// failure fills in what is on record, or what a provider that is asked in process says.
func (s *standing) failure(e *core.Explanation, now time.Time) {
	if e.Record != nil && e.Record.Failure != nil {
		f := e.Record.Failure
		at := f.At
		s.LastFailure = &failure{At: &at, Message: f.Err.Error(), Repair: f.Err.Repair}
		if next := e.Next(now); !next.IsZero() {
			s.NextTry = &next
		}
	} else if e.Err != nil && !errors.Is(e.Err, providers.ErrNotFound) {
		s.LastFailure = &failure{Message: e.Err.Error()}
	}
}

// shownRoute returns the pattern, or the host where a pattern for many has a token for it.
func shownRoute(e *core.Explanation) string {
	q := e.Query
	example := q.Route.Pattern.Wildcard && e.Record == nil && e.Kept == nil && e.Window.Expires.IsZero()
	switch {
	case example:
		return q.Name()
	case q.BuiltIn || q.Route.Pattern.Wildcard, e.Kept != nil:
		return q.URL.String()
	}
	return q.Name()
}
