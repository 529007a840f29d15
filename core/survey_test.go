package core

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sesame-auth/sesame/core/routes"
	"github.com/sesame-auth/sesame/providers"
)

// newSurveyed is a dispatcher with a route of every kind.
func newSurveyed(t *testing.T) (*Dispatcher, *memory) {
	t.Helper()
	var all []routes.Route
	for i, r := range []routes.Route{
		{Provider: "stores"}, {Provider: "stores"}, {Provider: "keeps"}, {Provider: "passes"}, {Provider: "stores"},
	} {
		match := []string{"https://exact.test/team", "*.wild.test", "https://kept.test", "https://passed.test", "https://host.wild.test"}[i]
		pattern, err := routes.ParsePattern(match)
		if err != nil {
			t.Fatal(err)
		}
		r.Pattern, r.Line = pattern, i+1
		all = append(all, r)
	}
	table, err := routes.Open(routes.Compile(routes.Config{Routes: all}))
	if err != nil {
		t.Fatal(err)
	}
	store := newMemory()
	return &Dispatcher{
		Store: store,
		Finder: Finder{Routes: table, Getenv: func(string) string { return "" }, Profiles: []providers.Profile{
			{Name: "stores"},
			{Name: "keeps", Keeps: func(providers.Options) providers.Keeping { return providers.KeepsInStore }},
			{Name: "passes", New: func() providers.Provider { return &issuer{same: "passed"} }},
			{Name: "serves", Serves: func(u providers.URL, _ func(string) string) bool { return u.Host == "builtin.test" }},
		}},
	}, store
}

// tellAll returns one line for each entry of the survey.
func tellAll(t *testing.T, d *Dispatcher, more ...string) (lines []string, s *Survey) {
	t.Helper()
	var urls []providers.URL
	for _, text := range more {
		urls = append(urls, mustURL(t, text))
	}
	s, err := d.Survey(t.Context(), urls)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range s.Entries {
		line := e.Query.Name() + " " + e.Query.URL.String() + " " + e.Verdict.String()
		if e.Query.Username != "" {
			line += " " + e.Query.Username
		}
		lines = append(lines, line)
	}
	return lines, s
}

// store saves a token as a refresh does.
func store(t *testing.T, d *Dispatcher, url, username string) *Query {
	t.Helper()
	q := new(Query)
	if err := d.Finder.Find(q, mustURL(t, url), username); err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	record := &Record{
		Token:    &providers.Token{Username: username, Value: providers.NewSecret("t"), Issued: now, Expires: now.Add(time.Hour)},
		Obtained: now, Attempt: now, Host: hostOf(q.URL),
	}
	if err := d.Store.Save(q.Key, record); err != nil {
		t.Fatal(err)
	}
	return q
}

// A route that is left out is the one that somebody looks for.
func TestSurveyTellsEveryRouteThoughNothingIsStored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, _ := newSurveyed(t)
		got, s := tellAll(t, d)
		want := []string{
			"https://exact.test/team https://exact.test/team absent",
			// host.wild.test has a route of its own.
			"https://*.wild.test https://another-host.wild.test absent",
			"https://kept.test https://kept.test absent",
			"https://passed.test https://passed.test fresh",
			"https://host.wild.test https://host.wild.test absent",
		}
		if !slices.Equal(got, want) || len(s.Strays) > 0 || len(s.Faults) > 0 {
			t.Errorf("got\n%q, strays %q, faults %v\nwant\n%q", got, s.Strays, s.Faults, want)
		}
	})
}

// What is stored is told for the host that it is stored for: a route for many hosts has many.
func TestSurveyTellsEveryRecord(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, _ := newSurveyed(t)
		store(t, d, "https://exact.test/team/x", "")
		store(t, d, "https://exact.test/team/x", "me")
		store(t, d, "https://b.wild.test/any", "")
		store(t, d, "https://a.wild.test:443", "")
		store(t, d, "https://builtin.test", "")
		keep(t, d, "https://kept.test", password("one", "1"), password("two", "2"))
		keep(t, d, "https://kept.test/deep", password("three", "3"))
		ends := password("four", "4")
		ends.Expires = time.Now().Add(time.Minute)
		keep(t, d, "https://kept.test", ends)
		time.Sleep(time.Hour)
		got, s := tellAll(t, d)
		want := []string{
			"https://exact.test/team https://exact.test/team expired",
			"https://exact.test/team https://exact.test/team expired me",
			"https://*.wild.test https://a.wild.test expired",
			"https://*.wild.test https://b.wild.test expired",
			"https://kept.test https://kept.test expired four",
			"https://kept.test https://kept.test fresh one",
			"https://kept.test https://kept.test fresh two",
			"https://kept.test https://kept.test/deep fresh three",
			"https://passed.test https://passed.test fresh",
			"https://host.wild.test https://host.wild.test absent",
			"built in: serves https://builtin.test expired",
		}
		if !slices.Equal(got, want) || len(s.Strays) > 0 {
			t.Errorf("got\n%q, strays %q\nwant\n%q", got, s.Strays, want)
		}
	})
}

func TestSurveyTellsOfUnroutedHostsThatItIsAskedFor(t *testing.T) {
	d, _ := newSurveyed(t)
	got, _ := tellAll(t, d, "https://builtin.test", "https://nobody.test", "https://exact.test/team")
	if last := got[len(got)-1]; last != "built in: serves https://builtin.test absent" || len(got) != 6 {
		t.Errorf("got %q", got)
	}
	store(t, d, "https://builtin.test", "")
	if got, _ := tellAll(t, d, "https://builtin.test"); len(got) != 6 {
		t.Errorf("with a record it is told twice: %q", got)
	}
	// Each host of one provider is told.
	d.Finder.Profiles[3].Serves = func(u providers.URL, _ func(string) string) bool { return u.Path == "" }
	d.Finder.Profiles[3].Variables = func(u providers.URL, _ providers.Options) []string { return []string{u.Host} }
	if got, _ := tellAll(t, d, "https://one.test", "https://two.test"); len(got) != 7 {
		t.Errorf("two hosts without a route: got %q", got)
	}
}

// A record that nobody reads any more, or nobody can read, is told too, and is no row of its own.
func TestSurveyTellsStraysAndFaults(t *testing.T) {
	d, m := newSurveyed(t)
	q := store(t, d, "https://exact.test/team", "")
	m.text["f00"] = m.text[q.Key]
	m.text["beef"] = string((&Record{Host: "https://gone.test"}).Encode("beef"))
	m.text["kept-0"] = string((&Record{KeptFor: "https://gone.test", Kept: []string{(&keptToken{}).encode()}}).Encode("kept-0"))
	_, s := tellAll(t, d)
	if want := []string{"beef", "kept-0"}; !slices.Equal(s.Strays, want) || len(s.Faults) != 1 {
		t.Errorf("strays %q, faults %v; want %q and the record f00, whose key is another", s.Strays, s.Faults, want)
	}
}

// The refresher tells for whom a record is, or status could not.
func TestRecordNamesItsHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, 5*time.Minute)
		h.want(t, "token-a")
		hostIs := func(when string) {
			t.Helper()
			for key, text := range h.store.text {
				if r, err := DecodeRecord(text, key); err != nil || r.Host != "https://git.example.com" {
					t.Errorf("%s: %+v, %v", when, r, err)
				}
			}
		}
		hostIs("refreshed")
		time.Sleep(2 * time.Hour)
		h.issuer.err = errors.New("down")
		if _, err := h.get(t); err == nil {
			t.Fatal("no error")
		}
		hostIs("failed")
	})
}

// A password that its server refused is not asked for again for a while, and people must see why.
func TestExplainTellsARefusalOfWhatIsAskedInProcess(t *testing.T) {
	d, _ := newSurveyed(t)
	u := mustURL(t, "https://passed.test")
	if err := d.Forget(t.Context(), u, "", providers.Secret{}); err != nil {
		t.Fatal(err)
	}
	e, err := d.Explain(t.Context(), u, "")
	if err != nil || e.Verdict != Refused || e.Record == nil || e.Next(time.Now()).IsZero() {
		t.Errorf("got %+v, %v", e, err)
	}
}
