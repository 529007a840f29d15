package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/sesame-auth/sesame/cmd/internal/front"
	"github.com/sesame-auth/sesame/core"
	"github.com/sesame-auth/sesame/core/filestore"
	"github.com/sesame-auth/sesame/core/routes"
	"github.com/sesame-auth/sesame/providers"
)

// A step is one of the eight that a request takes (docs/architecture.md). Its JSON names are stable.
type step struct {
	Step         int    `json:"step"`
	Name         string `json:"name"`
	What         string `json:"what"`
	Microseconds int64  `json:"microseconds,omitempty"` // how long it took just now; zero if it was not done

	took time.Duration
}

// A story is a request for a URL, as far as it can be followed without asking anybody or changing anything.
type story struct {
	*report
	u       providers.URL
	account string        // that is asked for
	path    string        // of the configuration
	reading time.Duration // of the configuration
	store   *filestore.Store
	e       *core.Explanation // nil where there is no route
	preview core.Preview
}

// tellStory returns the whole report.
func tellStory(ctx context.Context, set front.Settings, a asked, protocol string) (*report, error) {
	s := &story{u: a.url, account: a.account, store: &filestore.Store{Dir: filestore.Dir(os.Getenv)}}
	s.timeTable(&set)
	d, err := front.Dispatcher(ctx, set)
	if err != nil {
		return nil, err
	}
	warn := d.Warn
	d.Warn = nil
	var answer *rehearsal
	if protocol != "" {
		if answer = rehearse(ctx, d, a, protocol); answer.about.Host != "" {
			s.u = answer.about // docker's own registry has several names
		}
	}
	d.Warn = warn
	if s.report, s.e, err = explain(ctx, d, asked{s.u, a.account}, set.Config); err != nil {
		return nil, err
	}
	if s.Answer = answer; s.u.String() != a.url.String() {
		s.Asked = a.url.String()
	}
	// The report has warned; from here on the same is read again.
	d.Warn = nil
	s.tell(ctx, d, protocol)
	return s.report, nil
}

// timeTable measures how long it takes to read the configuration.
func (s *story) timeTable(set *front.Settings) {
	read := set.Table
	set.Table = func(path string) (routes.Table, error) {
		defer func(begin time.Time) { s.path, s.reading = path, time.Since(begin) }(time.Now())
		return read(path)
	}
}

// tell adds the steps.
func (s *story) tell(ctx context.Context, d *core.Dispatcher, protocol string) {
	if protocol != "" {
		s.add(1, "request", s.Answer.reading, fmt.Sprintf("%s asks in %d bytes, which are read and checked", protocol, len(s.Answer.Stdin)))
	} else {
		s.add(1, "request", 0, "a tool asks for "+s.u.String()+"; with --protocol its bytes are shown")
	}
	s.configuration()
	took := timed(func() { _ = d.Finder.Find(new(core.Query), s.u, s.account) })
	s.add(2, "route", took, s.routeText())
	took = timed(func() { s.preview = d.Preview(ctx, s.u, s.account) })
	if s.e != nil {
		s.middle(d, took)
	}
	s.add(7, "answer", s.answering(), s.answerText())
	s.add(8, "others", 0, s.othersText())
}

func (s *story) add(number int, name string, took time.Duration, what string) {
	s.Steps = append(s.Steps, step{Step: number, Name: name, What: what, took: took, Microseconds: took.Microseconds()})
}

func timed(do func()) time.Duration {
	begin := time.Now()
	do()
	return time.Since(begin)
}

// configuration tells where the routes are from. A front reads their compiled form.
func (s *story) configuration() {
	if s.path == "" {
		s.add(2, "configuration", 0, "none: there are the routes that providers have by themselves")
		return
	}
	path, err := filepath.Abs(s.path)
	if err != nil {
		path = s.path
	}
	compiled := false
	took := timed(func() { compiled = front.Compiled(path, s.store) })
	if compiled {
		s.add(2, "configuration", took, "the compiled form of "+path+" is opened; it is up to date")
		return
	}
	s.add(2, "configuration", s.reading, path+" is read; the next front has it compiled, once for all")
}

func (s *story) routeText() string {
	if s.e == nil {
		return "none"
	}
	text, q := s.Route, s.e.Query
	if s.Line > 0 {
		text += " in line " + strconv.Itoa(s.Line)
	}
	text += ", provider " + s.Provider
	if q.Username != "" {
		text += ", account " + q.Username
	}
	return text + "; key " + short(q.Key)
}

// short is the beginning of a key, which is enough to find its file.
func short(key string) string {
	digits := strings.LastIndexByte(key, '-') + 1 // a prefix is told whole
	return key[:min(len(key), digits+8)] + "…"
}

// middle tells of the steps between the route and the answer.
func (s *story) middle(d *core.Dispatcher, took time.Duration) {
	q := s.e.Query
	switch {
	case q.InProcess():
		s.add(3, "in process", took, "provider "+s.Provider+" is called; no lock is taken and nothing is stored")
	case q.Keeping == providers.KeepsItself:
		s.add(3, "in process", 0, "not: provider "+s.Provider+" keeps tokens itself, and is asked through its plugin every time")
	case q.Keeping == providers.KeepsInStore:
		s.add(3, "in process", 0, "no provider is asked: tools hand in what is handed out")
		s.loading(d)
		s.add(4, "verdict", 0, s.Verdict)
	default:
		s.add(3, "in process", 0, "not: provider "+s.Provider+" is asked through its plugin")
		s.loading(d)
		s.deciding(d)
	}
}

// loading reads the record once more, to see how long that takes.
func (s *story) loading(d *core.Dispatcher) {
	var record *core.Record
	var err error
	key := s.e.Query.Key
	took := timed(func() { record, err = d.Store.Load(key) })
	what := s.store.Dir + "/" + short(key) + ".token"
	switch {
	case err != nil:
		what = err.Error()
	case record == nil:
		what += " is not there"
	default:
		what += " is read"
	}
	s.add(4, "store", took, what)
}

// deciding tells the verdict, and what follows from it.
func (s *story) deciding(d *core.Dispatcher) {
	var action core.Action
	var verdict core.Verdict
	took := timed(func() { action, verdict = s.e.Query.Policy.Decide(s.e.Record, time.Now(), d.Forced) })
	s.add(4, "verdict", took, verdict.String()+s.leftText())
	s.refreshing(action)
}

func (s *story) leftText() string {
	if s.TimeLeft == "" {
		return ""
	}
	return ", with " + s.TimeLeft + " left; a refresh is due below " + s.Effective
}

// refreshing tells of the lock, and of what would be started under it.
func (s *story) refreshing(action core.Action) {
	lock := map[core.Action]string{
		core.Serve: "not taken", core.Fail: "not taken: a failure is on record, and the next try is not due",
		core.Elect: "tried once; who gets it refreshes, and waits 2 s for it at most",
		core.Wait:  "waited for, and the store is read again: another may have refreshed the token",
	}[action]
	s.add(5, "lock", 0, lock)
	if action == core.Elect || action == core.Wait {
		s.add(6, "refresh", 0, "sesame refresh is started in a session of its own, and that starts the plugin, asks, checks and stores")
		return
	}
	s.add(6, "refresh", 0, "none")
}
