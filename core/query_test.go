package core

import (
	"errors"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/core/routes"
	"github.com/sesame-auth/sesame/providers"
)

// finderOf has the given routes, a built-in provider for https://built.in.example, and an
// environment.
func finderOf(t *testing.T, environment map[string]string, all ...routes.Route) Finder {
	t.Helper()
	for i := range all {
		if all[i].Provider == "" {
			all[i].Provider = "stored"
		}
	}
	table, err := routes.Open(routes.Compile(routes.Config{Routes: all}))
	if err != nil {
		t.Fatal(err)
	}
	variables := func(providers.URL, providers.Options) []string { return []string{"API_KEY"} }
	return Finder{
		Routes: table, Getenv: func(name string) string { return environment[name] },
		Profiles: []providers.Profile{
			{Name: "stored", Variables: variables, Serves: func(u providers.URL, _ func(string) string) bool {
				return u.Host == "built.in.example"
			}},
			{Name: "called", New: func() providers.Provider { return answers{} }},
		},
	}
}

func route(t *testing.T, match string, change ...func(*routes.Route)) routes.Route {
	t.Helper()
	pattern, err := routes.ParsePattern(match)
	if err != nil {
		t.Fatal(err)
	}
	r := routes.Route{Pattern: pattern}
	for _, c := range change {
		c(&r)
	}
	return r
}

func find(t *testing.T, f Finder, url, username string) (*Query, error) {
	t.Helper()
	u, err := providers.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	q := new(Query)
	return q, f.Find(q, u, username)
}

// Whatever could change whose token it is changes the key; nothing else does.
func TestKeyTellsTokensApart(t *testing.T) {
	option := func(values ...string) func(*routes.Route) {
		return func(r *routes.Route) {
			r.Options = providers.Options{{Name: "o", Kind: providers.ListOption, Values: values}}
		}
	}
	account := func(r *routes.Route) { r.Username = "robot" }
	tolerance := func(r *routes.Route) { r.HasTolerance, r.Tolerance, r.Line = true, time.Hour, 7 }
	const a, b = "https://a.example.com", "https://b.example.com"
	base, err := find(t, finderOf(t, nil, route(t, a)), a, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name     string
		finder   Finder
		url      string
		username string
		same     bool
	}{
		{"another path of the host", finderOf(t, nil, route(t, a)), a + "/x", "", true},
		{"a tolerance, another line", finderOf(t, nil, route(t, a, tolerance)), a, "", true},
		{"an unset variable that is empty", finderOf(t, map[string]string{"API_KEY": ""}, route(t, a)), a, "", true},
		{"another host", finderOf(t, nil, route(t, b)), b, "", false},
		{"another port", finderOf(t, nil, route(t, a+":8443")), a + ":8443", "", false},
		{"another scheme", finderOf(t, nil, route(t, "http://a.example.com")), "http://a.example.com", "", false},
		{"a route with a path", finderOf(t, nil, route(t, a+"/x")), a + "/x", "", false},
		{"the route's account", finderOf(t, nil, route(t, a, account)), a, "", false},
		{"the tool's account", finderOf(t, nil, route(t, a)), a, "robot", false},
		{"an option", finderOf(t, nil, route(t, a, option("x", "y"))), a, "", false},
		{"an API key", finderOf(t, map[string]string{"API_KEY": "k"}, route(t, a)), a, "", false},
		{"another API key", finderOf(t, map[string]string{"API_KEY": "l"}, route(t, a)), a, "", false},
		{"a wildcard", finderOf(t, nil, route(t, "https://*.example.com")), a, "", false},
		{"another host of the wildcard", finderOf(t, nil, route(t, "https://*.example.com")), b, "", false},
		{"a built-in route", finderOf(t, nil), "https://built.in.example", "", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			q, err := find(t, row.finder, row.url, row.username)
			if err != nil {
				t.Fatal(err)
			}
			if (q.Key == base.Key) != row.same {
				t.Errorf("the same key: %v, want %v", q.Key == base.Key, row.same)
			}
		})
	}
	joined, _ := find(t, finderOf(t, nil, route(t, a, option("xy"))), a, "")
	apart, _ := find(t, finderOf(t, nil, route(t, a, option("x", "y"))), a, "")
	if joined.Key == apart.Key {
		t.Error("one option and two have one key")
	}
}

func TestAnotherAccountThanTheRoutesGetsNothing(t *testing.T) {
	const url = "https://a.example.com"
	f := finderOf(t, nil, route(t, url, func(r *routes.Route) { r.Username = "robot" }))
	for username, want := range map[string]error{"": nil, "robot": nil, "other": providers.ErrNotFound, "Robot": providers.ErrNotFound} {
		q, err := find(t, f, url, username)
		if !errors.Is(err, want) {
			t.Errorf("account %q: got %v, want %v", username, err, want)
		}
		if err == nil && q.Username != "robot" {
			t.Errorf("account %q: got %q", username, q.Username)
		}
	}
}

func TestNoRouteIsNotFound(t *testing.T) {
	f := finderOf(t, nil, route(t, "https://a.example.com"))
	for _, url := range []string{
		"https://b.example.com", "http://a.example.com", "https://a.example.com:8443",
		"https://a.example.com.", "https://a_b.example.com", "https://a.example.com@evil.example",
	} {
		if _, err := find(t, f, url, ""); !errors.Is(err, providers.ErrNotFound) {
			t.Errorf("%s: got %v", url, err)
		}
	}
}

// The later named overrides the earlier: the default, the configuration, the route, the request.
func TestToleranceIsTheMostParticular(t *testing.T) {
	const url = "https://a.example.com"
	zero := func(r *routes.Route) { r.HasTolerance = true }
	plain, own := route(t, url), route(t, url, zero)
	plain.Provider, own.Provider = "stored", "stored"
	request := 7 * time.Minute
	for _, row := range []struct {
		name    string
		config  routes.Config
		request *time.Duration
		want    time.Duration
	}{
		{"nobody says", routes.Config{Routes: []routes.Route{plain}}, nil, 5 * time.Minute},
		{"the configuration", routes.Config{Tolerance: time.Hour, HasTolerance: true, Routes: []routes.Route{plain}}, nil, time.Hour},
		{"the route, to zero", routes.Config{Tolerance: time.Hour, HasTolerance: true, Routes: []routes.Route{own}}, nil, 0},
		{"the request", routes.Config{Routes: []routes.Route{own}}, &request, request},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := finderOf(t, nil)
			var err error
			if f.Routes, err = routes.Open(routes.Compile(row.config)); err != nil {
				t.Fatal(err)
			}
			f.Tolerance = row.request
			q, err := find(t, f, url, "")
			if err != nil {
				t.Fatal(err)
			}
			if q.Policy.Tolerance != row.want {
				t.Errorf("got %v, want %v", q.Policy.Tolerance, row.want)
			}
		})
	}
}

// A refresher that came to another key would store one account's token under another's name.
func TestJobFindsTheQueryThatItWasMadeFrom(t *testing.T) {
	f := finderOf(t, map[string]string{"API_KEY": "k"}, route(t, "https://*.example.com"))
	q, err := find(t, f, "https://a.example.com/x", "robot")
	if err != nil {
		t.Fatal(err)
	}
	job, err := DecodeJob(string(NewJob(q, time.Time{}).Encode()))
	if err != nil {
		t.Fatal(err)
	}
	again, err := job.Query(f)
	if err != nil || again.Key != q.Key || again.URL != q.URL || again.Policy != q.Policy {
		t.Errorf("got %+v and %v, want %+v", again, err, q)
	}
}
