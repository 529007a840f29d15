package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
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
			u, account, err := urlArgument(c)
			if err != nil {
				return err
			}
			protocol := c.String("protocol")
			if _, ok := rehearsals[protocol]; !ok && protocol != "" {
				return protocols.UsageError("--protocol: want bazel, git or docker")
			}
			ctx, cancel := context.WithTimeout(c.Context, peopleDeadline)
			defer cancel()
			report, err := tellStory(ctx, settings(c), asked{u, account}, protocol)
			if err != nil {
				return err
			}
			if c.Bool("json") {
				encoder := json.NewEncoder(c.App.Writer)
				encoder.SetIndent("", "  ")
				return encoder.Encode(report)
			}
			return report.print(screen.New(c.App.Writer, os.Getenv), time.Now())
		},
	}
}

// A report is what explain prints. Its JSON names are stable.
type report struct {
	URL           string     `json:"url"`
	Asked         string     `json:"asked,omitempty"` // where the tool looks up another
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
	Outcome       string     `json:"outcome"` // one of those below
	Next          string     `json:"what_would_happen"`
	Repair        string     `json:"repair,omitempty"` // what to type
	Near          []neighbor `json:"near_routes,omitempty"`
	Failure       string     `json:"last_failure,omitempty"`
	NextTry       *time.Time `json:"next_try,omitempty"`
	Key           string     `json:"key,omitempty"`
	Warnings      []string   `json:"warnings,omitempty"`
	Steps         []step     `json:"steps,omitempty"`
	Answer        *rehearsal `json:"answer,omitempty"`

	failure *core.Failure // on record
}

// The outcomes: what a tool would get now.
const (
	outcomeServed  = "served"  // the token in hand
	outcomeRefresh = "refresh" // the answer of a refresh
	outcomeAsks    = "asks"    // what a provider says that keeps tokens itself
	outcomeNothing = "nothing" // the word for that
	outcomeFails   = "fails"   // an error
)

// explain fills in the report.
func explain(ctx context.Context, d *core.Dispatcher, a asked, flag string) (*report, *core.Explanation, error) {
	u := a.url
	r := &report{URL: u.String(), Configuration: routes.Path(flag, d.Finder.Getenv)}
	e, err := d.Explain(ctx, u, a.account)
	if errors.Is(err, providers.ErrNotFound) && r.otherAccount(ctx, d, a) {
		return r, nil, nil
	}
	if errors.Is(err, providers.ErrNotFound) {
		r.Why = "no route of the configuration matches, and no provider serves it by itself"
		r.Outcome, r.Next = outcomeNothing, "the tool is told that there is nothing here"
		if e, ok := errors.AsType[*providers.Error](err); ok && e.Repair != "" {
			r.Next, r.Repair = r.Next+"; to add a route, type: "+e.Repair, e.Repair
		}
		r.Near = near(d.Finder.Routes.All(), u)
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
	r.obstacle(e, d.Finder)
	return r, e, nil
}

// otherAccount reports whether there is nothing only since the route is for another account, and tells so.
func (r *report) otherAccount(ctx context.Context, d *core.Dispatcher, a asked) bool {
	e, err := d.Explain(ctx, a.url, "")
	if a.account == "" || err != nil {
		return false
	}
	r.route(e)
	r.Why = "the most specific route that matches; it is for the account " + e.Query.Username + ", and not for " + a.account
	r.Outcome, r.Next = outcomeNothing, "the tool is told that there is nothing here, since the route is for another account: "+
		"take the account out of the URL, or correct the route's username"
	return true
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
	r.Outcome, r.Next = outcomeServed, "provider "+r.Provider+" is asked in process, and its token handed out"
	switch {
	case errors.Is(e.Err, providers.ErrNotFound):
		r.Outcome, r.Next = outcomeNothing, "the tool is told that there is nothing here: "+e.Err.Error()
		if e, ok := errors.AsType[*providers.Error](e.Err); ok {
			r.repair("to repair it", e.Repair)
		}
	case e.Err != nil:
		// The message begins with the URL, which is told above it, and may end with this very command.
		text := strings.TrimPrefix(e.Err.Error(), "token for "+r.URL+": ")
		text = strings.TrimSuffix(text, "; to look into it, type: sesame explain "+r.URL)
		r.fails(text)
	}
}

// fails says that the call fails, and by what. A message may name its repair.
func (r *report) fails(message string) {
	r.Outcome, r.Next = outcomeFails, "the call fails: "+message
	_, r.Repair = screen.Command(r.Next)
}

// repair adds the command to type; "" is none.
func (r *report) repair(aim, command string) {
	if command != "" && !strings.HasPrefix(command, "sesame explain ") {
		r.Next, r.Repair = r.Next+"; "+aim+", type: "+command, command
	}
}

// kept reports on a route whose tokens tools hand in.
func (r *report) kept(e *core.Explanation) {
	r.Verdict, r.Kept, r.Tolerance = "kept", e.Kept, ""
	r.Outcome, r.Next = outcomeServed, "the token that was kept last is handed out"
	switch {
	case e.Query.Keeping == providers.KeepsItself:
		r.Outcome, r.Next = outcomeAsks, "provider "+r.Provider+" is asked what it keeps"
	case len(e.Kept) == 0:
		r.Verdict = e.Verdict.String()
		r.Outcome, r.Next = outcomeNothing, "the tool is told that there is nothing here"
		r.repair("to keep a token", "sesame login "+r.URL)
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
	r.Outcome, r.Next = outcomeOf(e), actionText(e.Action, e.Verdict)
	if e.Record == nil || e.Record.Failure == nil {
		return
	}
	f := e.Record.Failure
	r.failure = f
	r.Failure = f.At.Format(time.RFC3339) + ": " + f.Err.Error()
	if f.Err.Repair != "" {
		r.Failure += "; to repair it, type: " + f.Err.Repair
	}
	if _, r.Repair = screen.Command(r.Failure); strings.HasPrefix(r.Repair, "sesame explain ") {
		r.Repair = ""
	}
	if next := e.Next(now); !next.IsZero() {
		r.NextTry = &next
	}
}

func outcomeOf(e *core.Explanation) string {
	switch {
	case e.Action == core.Fail:
		return outcomeFails
	case e.Action == core.Serve || e.Verdict.Usable():
		return outcomeServed
	}
	return outcomeRefresh
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
