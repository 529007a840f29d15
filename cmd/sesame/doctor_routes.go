package main

import (
	"cmp"
	"context"
	"errors"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/sesame-auth/sesame/core"
	"github.com/sesame-auth/sesame/plugins/host"
	"github.com/sesame-auth/sesame/providers"
)

// checkPlugins starts the plugin of each provider that is in use, and asks it nothing. Those that the configuration
// names and no route uses are only looked at.
func checkPlugins(c *checkup) (found []finding) {
	started := map[string]bool{}
	for _, e := range c.survey.Entries {
		q := e.Query
		if q.InProcess() || q.Keeping == providers.KeepsInStore || started[q.Profile.Name] {
			continue
		}
		started[q.Profile.Name] = true
		if err := c.startPlugin(q); err != nil {
			found = append(found, pluginFault(err, c.folder))
		}
	}
	for _, plugin := range c.loaded.Plugins {
		if started[plugin.Name] {
			continue
		}
		if _, err := host.Check(host.Plugin{Name: plugin.Name, Path: plugin.Path, SHA256: plugin.SHA256}); err != nil {
			found = append(found, pluginFault(err, c.folder))
		}
	}
	switch {
	case found != nil:
		return found
	case len(started) == 0:
		return []finding{good("no route needs one")}
	}
	return []finding{good(count(len(started), "plugin") + " started, and answered")}
}

func (c *checkup) startPlugin(q *core.Query) error {
	ctx, cancel := context.WithTimeout(c.ctx, checkLimit)
	defer cancel()
	provider, err := openPlugin(ctx, q, c.d.Finder.Routes)
	if err != nil {
		return err
	}
	provider.Close()
	return nil
}

func pluginFault(err error, folder string) finding {
	repair := "install the programs of one release into " + folder + ", or correct the plugin's path in the configuration"
	if e, ok := errors.AsType[*providers.Error](err); ok && e.Repair != "" {
		repair = e.Repair
	}
	return wrong(err.Error(), repair)
}

// checkRoutes looks at where the token of each route stands.
func checkRoutes(c *checkup) (found []finding) {
	if c.d == nil && c.loadErr == nil {
		return []finding{wrong("none is looked at: "+c.openErr.Error(), "change that variable or option")}
	}
	if c.d == nil {
		return []finding{doubtful("none is looked at: "+c.openErr.Error(), "see above")}
	}
	now := time.Now()
	fine := 0
	for _, e := range c.survey.Entries {
		if f, ok := checkRoute(e, now); ok {
			found = append(found, f)
		} else {
			fine++
		}
	}
	if fine == 0 && found != nil && len(c.survey.Strays) == 0 {
		return found
	}
	text := count(fine, "route") + " in order"
	if n := len(c.survey.Strays); n > 0 {
		text += "; " + count(n, "stored token") + " that no route leads to any more"
	}
	return append(found, good(text))
}

// checkRoute returns what is wrong with one, if something is. A token that has only expired is in order: the next
// request refreshes it.
func checkRoute(e *core.Explanation, now time.Time) (finding, bool) {
	q, r := e.Query, e.Record
	name := shownRoute(e) + ": "
	url := q.URL.String()
	obstacle := checkNamed(q, os.Getenv)
	switch {
	case obstacle != nil:
		return wrong(name+obstacle.Error(), cmp.Or(core.AsError(obstacle).Repair, "correct the route's options")), true
	case r != nil && r.Failure != nil:
		return failureFinding(e, name, now), true
	case e.Err != nil && errors.Is(e.Err, providers.ErrNotFound):
		return doubtful(name+e.Err.Error(), "sesame explain "+url), !q.Route.Pattern.Wildcard
	case e.Err != nil && !q.InProcess():
		return finding{}, false // the record cannot be read, which another check says
	case e.Err != nil:
		// The message begins with the URL.
		message, _, _ := strings.Cut(strings.TrimPrefix(e.Err.Error(), "token for "+url+": "), "; to repair it, type: ")
		message, _, _ = strings.Cut(message, "; to look into it, type: ")
		return wrong(name+message, repairIn(e.Err.Error(), "sesame explain "+url)), true
	case r != nil && !r.Intent.IsZero() && now.Sub(r.Intent) > refreshLimit:
		return doubtful(name+"a refresh was interrupted "+ago(r.Intent, now)+", and its refresh token may be spent",
			"if the next one fails, type: sesame login "+url), true
	case e.Verdict == core.Absent && wantsLogin(q, os.Getenv):
		return doubtful(name+"nobody has logged in", "sesame login "+url), true
	case e.Verdict == core.Refused:
		return doubtful(name+"its server refused the token; the next request obtains another", "sesame token "+url), true
	}
	return finding{}, false
}

// failureFinding tells the failure on record. With a token in hand nobody has been hurt by it yet.
func failureFinding(e *core.Explanation, name string, now time.Time) finding {
	f := e.Record.Failure
	text := name + "the refresh failed " + ago(f.At, now) + ": " + f.Err.Error()
	if f.Count > 1 {
		text += " (" + strconv.FormatInt(f.Count, 10) + " times in a row)"
	}
	if next := e.Next(now); !next.IsZero() {
		text += "; next try in " + brief(next.Sub(now)+time.Second-1)
	}
	repair := cmp.Or(f.Err.Repair, "sesame --force-refresh token "+e.Query.URL.String())
	if e.Verdict.Usable() {
		return doubtful(text+"; the token in hand is still good", repair)
	}
	return wrong(text, repair)
}
