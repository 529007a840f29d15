package core

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/sesame-auth/sesame/providers"
)

// A Survey is what there is: every route, and every stored record.
type Survey struct {
	// Entries explain each route of the configuration, in the order of the file, and then those that
	// providers serve without a route. A route has one for every host and account that has a record,
	// or one for an example of its pattern.
	Entries []*Explanation
	// Strays are the keys of records to which no route leads, as after a change of the
	// configuration or of a variable.
	Strays []string
	// Faults are the records that cannot be read.
	Faults []Fault
}

// A Fault is what is wrong with a record.
type Fault struct {
	Key string
	Err error
}

// Survey tells what there is, as Explain does. The URLs in more are ones that providers serve without
// a route, to be told of though nothing is stored for them.
func (d *Dispatcher) Survey(ctx context.Context, more []providers.URL) (*Survey, error) {
	keys, err := d.Store.Keys("")
	if err != nil {
		return nil, err
	}
	slices.Sort(keys)
	s := &surveyor{Dispatcher: d, told: make(map[string]bool)}
	s.prepare(more)
	for _, key := range keys {
		record, err := d.Store.Load(key)
		switch {
		case err != nil:
			s.survey.Faults = append(s.survey.Faults, Fault{key, err})
		case record == nil: // removed meanwhile
		case !s.record(ctx, key, record):
			s.survey.Strays = append(s.survey.Strays, key)
		}
	}
	s.rest(ctx)
	slices.SortStableFunc(s.survey.Entries, compareEntries)
	return &s.survey, nil
}

// compareEntries goes by the order of the configuration, then of the hosts. Built-in routes come last.
func compareEntries(a, b *Explanation) int {
	return cmp.Or(
		compareBool(a.Query.BuiltIn, b.Query.BuiltIn),
		cmp.Compare(a.Query.Route.Line, b.Query.Route.Line),
		strings.Compare(a.Query.URL.String(), b.Query.URL.String()),
		strings.Compare(a.Query.Username, b.Query.Username),
	)
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// A surveyor makes a survey.
type surveyor struct {
	*Dispatcher
	survey   Survey
	examples []*Query        // of each route
	paths    []string        // of all patterns
	told     map[string]bool // what has an entry, by its mark
}

// prepare finds the key of each route by an example.
func (s *surveyor) prepare(more []providers.URL) {
	s.paths = []string{""}
	for route := range s.Finder.Routes.All() {
		s.paths = append(s.paths, route.Pattern.Path)
		u, q := route.Pattern.Example(), new(Query)
		// Another route may be for this very host.
		for range 4 {
			if s.Finder.Find(q, u, "") == nil && q.Route.Pattern == route.Pattern {
				s.examples = append(s.examples, q)
				break
			}
			u.Host = "another-" + u.Host
		}
	}
	slices.Sort(s.paths)
	s.paths = slices.Compact(s.paths)
	for _, u := range more {
		q := new(Query)
		if s.Finder.Find(q, u, "") == nil && q.BuiltIn {
			s.examples = append(s.examples, q)
		}
	}
}

// mark tells apart what has one example: a route, whose hosts and accounts have keys of their own,
// or a host that a provider serves without a route.
func mark(q *Query) string {
	if q.BuiltIn {
		return q.Key
	}
	return q.Name()
}

// record tells of one record, and reports whether a route leads to it.
func (s *surveyor) record(ctx context.Context, key string, record *Record) bool {
	if strings.HasPrefix(key, keptPrefix) {
		return s.kept(key, record)
	}
	q := s.find(key, record)
	if q == nil {
		return false
	}
	s.add(s.explain(ctx, q))
	return true
}

func (s *surveyor) add(e *Explanation) {
	s.told[mark(e.Query)] = true
	s.survey.Entries = append(s.survey.Entries, e)
}

// find returns the query whose key it is: one for the record's host, or an example.
func (s *surveyor) find(key string, record *Record) *Query {
	if u, err := providers.ParseURL(record.Host); err == nil {
		usernames := []string{""}
		if token := record.token(); token != nil && token.Username != "" {
			usernames = append(usernames, token.Username)
		}
		for _, u.Path = range s.paths {
			for _, username := range usernames {
				q := new(Query)
				if s.Finder.Find(q, u, username) == nil && q.Key == key {
					return q
				}
			}
		}
	}
	i := slices.IndexFunc(s.examples, func(q *Query) bool { return q.Key == key })
	if i < 0 {
		return nil
	}
	return s.examples[i]
}

// kept tells of each token that is kept for a host.
func (s *surveyor) kept(key string, record *Record) (found bool) {
	u, err := providers.ParseURL(record.KeptFor)
	if err != nil {
		return false
	}
	now := time.Now()
	for _, k := range record.keptTokens() {
		q := new(Query)
		u.Path = k.Path
		if s.Finder.Find(q, u, k.Username) != nil || q.Key != key {
			continue
		}
		q.Username = k.Username
		e := &Explanation{Query: q, Verdict: Fresh, Kept: []string{k.Username}, Window: Window{Expires: k.Expires}}
		if k.endedAt(now) {
			e.Verdict, e.Kept = Expired, nil
		}
		s.add(e)
		found = true
	}
	return found
}

// rest tells of the routes that have no record.
func (s *surveyor) rest(ctx context.Context) {
	for _, q := range s.examples {
		if !s.told[mark(q)] {
			s.add(s.explain(ctx, q))
		}
	}
}
