package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/sesame-auth/sesame/cmd/internal/screen"
	"github.com/sesame-auth/sesame/core"
	"github.com/sesame-auth/sesame/core/routes"
	"github.com/sesame-auth/sesame/protocols"
	"github.com/sesame-auth/sesame/providers"
)

// explainCommand tells which route serves a URL, and what would happen now.
func explainCommand() *cli.Command {
	return &cli.Command{
		Name: "explain", Usage: "tell which route serves a URL, and what would happen now",
		ArgsUsage: "URL",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "json", Usage: "for programs"},
			&cli.StringFlag{Name: "protocol", Usage: "show what bazel, git or docker would get: the bytes, without the secret"},
		},
		Action: func(c *cli.Context) error {
			u, err := urlArgument(c)
			if err != nil {
				return err
			}
			protocol := c.String("protocol")
			if _, ok := rehearsals[protocol]; !ok && protocol != "" {
				return protocols.UsageError("--protocol: want bazel, git or docker")
			}
			ctx, cancel := context.WithTimeout(c.Context, peopleDeadline)
			defer cancel()
			report, err := tellStory(ctx, settings(c), u, protocol)
			if err != nil {
				return err
			}
			if c.Bool("json") {
				encoder := json.NewEncoder(c.App.Writer)
				encoder.SetIndent("", "  ")
				return encoder.Encode(report)
			}
			return errors.Join(report.print(c.App.Writer), report.printStory(screen.New(c.App.Writer, os.Getenv)))
		},
	}
}

// A report is what explain prints. Its JSON names are stable.
type report struct {
	URL           string     `json:"url"`
	Route         string     `json:"route,omitempty"`
	Why           string     `json:"why"`
	Configuration string     `json:"configuration,omitempty"`
	Line          int        `json:"line,omitempty"`
	Provider      string     `json:"provider,omitempty"`
	Account       string     `json:"account,omitempty"`
	Verdict       string     `json:"verdict,omitempty"`
	Kept          []string   `json:"kept_accounts,omitempty"`
	Expires       *time.Time `json:"expires,omitempty"`
	TimeLeft      string     `json:"time_left,omitempty"`
	Lifetime      string     `json:"lifetime,omitempty"`
	Tolerance     string     `json:"tolerance,omitempty"`
	Effective     string     `json:"effective_tolerance,omitempty"`
	Next          string     `json:"what_would_happen"`
	Failure       string     `json:"last_failure,omitempty"`
	NextTry       *time.Time `json:"next_try,omitempty"`
	Key           string     `json:"key,omitempty"`
	Warnings      []string   `json:"warnings,omitempty"`
	Steps         []step     `json:"steps,omitempty"`
	Answer        *rehearsal `json:"answer,omitempty"`
}

// explain fills in the report.
func explain(ctx context.Context, d *core.Dispatcher, u providers.URL, flag string) (*report, *core.Explanation, error) {
	r := &report{URL: u.String(), Configuration: routes.Path(flag, d.Finder.Getenv)}
	e, err := d.Explain(ctx, u)
	if errors.Is(err, providers.ErrNotFound) {
		r.Why = "no route of the configuration matches, and no provider serves it by itself"
		r.Next = "the tool is told that there is nothing here; add a [[route]] for this host to change that"
		return r, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	r.route(e)
	r.policy(e)
	switch {
	case e.Query.Keeping != providers.KeepsNothing:
		r.kept(e)
	case e.Query.InProcess():
		r.inProcess(e)
	default:
		r.stored(e)
	}
	return r, e, nil
}

func (r *report) route(e *core.Explanation) {
	q := e.Query
	r.Route, r.Provider, r.Account, r.Key = q.Name(), q.Profile.Name, q.Username, q.Key
	r.Why = "the most specific route that matches"
	if q.BuiltIn {
		r.Why = "provider " + q.Profile.Name + " serves this URL without a route"
		r.Configuration = ""
	}
	r.Line = q.Route.Line
	if slices.ContainsFunc(q.Route.Options, func(o providers.Option) bool { return o.Name == "secret" }) {
		r.Warnings = append(r.Warnings, "the secret stands in the configuration itself; "+
			"put it into a file of its own, and name that with secret_file")
	}
}

func (r *report) policy(e *core.Explanation) {
	r.Tolerance = e.Query.Policy.Tolerance.String()
	if e.Window.Lifetime == 0 {
		return
	}
	r.Lifetime, r.Effective = e.Window.Lifetime.String(), e.Window.Due.String()
	if e.Window.Capped {
		r.Warnings = append(r.Warnings, "the tolerance of "+r.Tolerance+" counts as "+r.Effective+
			", half of the token's lifetime, so that the issuer is not asked on every call")
	}
}

// inProcess reports on a provider that is asked on every call.
func (r *report) inProcess(e *core.Explanation) {
	r.Verdict = "not stored"
	r.Next = "provider " + r.Provider + " is asked in process, and its token handed out"
	switch {
	case errors.Is(e.Err, providers.ErrNotFound):
		r.Next = "the tool is told that there is nothing here: " + e.Err.Error()
	case e.Err != nil:
		r.Next = "the call fails: " + e.Err.Error()
	}
}

// kept reports on a route whose tokens tools hand in.
func (r *report) kept(e *core.Explanation) {
	r.Verdict, r.Kept, r.Tolerance = "kept", e.Kept, ""
	r.Next = "the token that was kept last is handed out"
	switch {
	case e.Query.Keeping == providers.KeepsItself:
		r.Next = "provider " + r.Provider + " is asked what it keeps"
	case len(e.Kept) == 0:
		r.Verdict = e.Verdict.String()
		r.Next = "the tool is told that there is nothing here; to keep a token, type: sesame login " + r.URL
	}
	if e.Err != nil {
		r.Warnings = append(r.Warnings, e.Err.Error())
	}
}

// stored reports on the token in the store.
func (r *report) stored(e *core.Explanation) {
	now := time.Now()
	r.Verdict = e.Verdict.String()
	if e.Record != nil && e.Record.Token != nil {
		expires := e.Window.Expires
		r.Expires, r.TimeLeft = &expires, expires.Sub(now).Truncate(time.Second).String()
	}
	if e.Err != nil {
		r.Warnings = append(r.Warnings, e.Err.Error())
	}
	if e.Record != nil && e.Record.Failure != nil {
		f := e.Record.Failure
		r.Failure = f.At.Format(time.RFC3339) + ": " + f.Err.Error()
		if f.Err.Repair != "" {
			r.Failure += "; to repair it, type: " + f.Err.Repair
		}
		if next := e.Next(now); !next.IsZero() {
			r.NextTry = &next
		}
	}
	r.Next = actionText(e.Action, e.Verdict)
}

func actionText(action core.Action, verdict core.Verdict) string {
	switch action {
	case core.Elect:
		return "one caller refreshes the token; everybody is served, with the new one or this"
	case core.Wait:
		if verdict.Usable() {
			return "all wait for one refresh; if it fails they are served this token"
		}
		return "all wait for one refresh; if it fails the call fails"
	case core.Fail:
		return "the call fails at once, until the next try is due"
	}
	return "the stored token is handed out"
}

// print writes the report for people.
func (r *report) print(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(table, "%s\t%s\n", name, core.Printable(value))
		}
	}
	line("url", r.URL)
	line("route", r.Route)
	line("why", r.Why)
	if r.Line > 0 {
		line("configured in", r.Configuration+":"+strconv.Itoa(r.Line))
	}
	line("provider", r.Provider)
	line("account", r.Account)
	line("tolerance", r.Tolerance)
	line("verdict", r.Verdict)
	for _, account := range r.Kept {
		line("kept account", cmp.Or(account, "(none)"))
	}
	if r.Expires != nil {
		line("expires", r.Expires.Local().Format(time.RFC3339)+", in "+r.TimeLeft)
		line("lifetime", r.Lifetime)
		line("refresh due", "with less than "+r.Effective+" left")
	}
	line("last failure", r.Failure)
	if r.NextTry != nil {
		line("next try", r.NextTry.Local().Format(time.RFC3339))
	}
	line("now", r.Next)
	for _, warning := range r.Warnings {
		line("warning", warning)
	}
	return table.Flush()
}
