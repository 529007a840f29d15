package routes

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/providers"
)

// best is what Find must answer, said in the plainest way.
func best(all []Route, u providers.URL) (Route, bool) {
	matching := slices.DeleteFunc(slices.Clone(all), func(r Route) bool { return !r.Pattern.Matches(u) })
	if len(matching) == 0 {
		return Route{}, false
	}
	return slices.MinFunc(matching, func(a, b Route) int { return a.Pattern.Compare(b.Pattern) }), true
}

func mustOpen(t testing.TB, c Config) Table {
	t.Helper()
	table, err := Open(Compile(c))
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	return table
}

// full has every field of every type in use.
func full(t testing.TB) Config {
	return Config{
		Tolerance: 5 * time.Minute, HasTolerance: true,
		AuditLog: "~/.local/state/sesame/audit",
		Source:   "/home/me/.config/sesame/config.toml 2049 131 97",
		Routes: []Route{
			{
				Pattern: mustPattern(t, "*.example.com:8443/team"), Provider: "acme", Username: "Zoë",
				Tolerance: 0, HasTolerance: true, Lifetime: time.Hour, Line: 12,
				Options: providers.Options{
					{Name: "fields.token", Kind: providers.StringOption, Values: []string{"a\nb"}},
					{Name: "empty", Kind: providers.StringOption, Values: []string{""}},
					{Name: "none", Kind: providers.ListOption},
					{Name: "scopes", Kind: providers.ListOption, Values: []string{"read", "", "write"}},
					{Name: "size", Kind: providers.IntegerOption, Values: []string{"-3"}},
				},
			},
			{Pattern: mustPattern(t, "example.com"), Provider: "static", Exclusive: true},
			{Pattern: mustPattern(t, "smtp://*"), Provider: "static"},
		},
		Plugins: []Plugin{
			{Name: "acme-two", Path: "/opt/acme two", SHA256: strings.Repeat("f0", 32), Keeps: true},
			{Name: "acme", Path: "/opt/acme", SHA256: strings.Repeat("0f", 32), Variables: []string{"ACME_KEY"}},
		},
	}
}

// A field that is lost in the compiled form would be a setting that silently does nothing.
func TestTableKeepsEveryField(t *testing.T) {
	c := full(t)
	table := mustOpen(t, c)
	if got := table.Source(); got != c.Source {
		t.Errorf("Source is %q, want %q", got, c.Source)
	}
	if got, ok := table.Tolerance(); got != c.Tolerance || !ok {
		t.Errorf("Tolerance is %v, %t, want %v", got, ok, c.Tolerance)
	}
	if got := table.AuditLog(); got != c.AuditLog {
		t.Errorf("AuditLog is %q, want %q", got, c.AuditLog)
	}
	if got := slices.Collect(table.All()); !reflect.DeepEqual(got, c.Routes) {
		t.Errorf("All is\n%+v, want\n%+v", got, c.Routes)
	}
	for _, want := range c.Plugins {
		if got, ok := table.Plugin(want.Name); !ok || !reflect.DeepEqual(got, want) {
			t.Errorf("Plugin(%s) is %+v, %t, want %+v", want.Name, got, ok, want)
		}
	}
	for _, name := range []string{"", "acm", "acme-", "other"} {
		if got, ok := table.Plugin(name); ok {
			t.Errorf("Plugin(%q) is %+v, want none", name, got)
		}
	}
	got, ok := table.Find(mustURL(t, "https://a.example.com:8443/team/x"))
	if !ok || !reflect.DeepEqual(got, c.Routes[0]) {
		t.Errorf("Find is %+v, %t, want %+v", got, ok, c.Routes[0])
	}
}

// No configuration is a common one.
func TestEmptyTableFindsNothing(t *testing.T) {
	for name, table := range map[string]Table{"zero": {}, "compiled": mustOpen(t, Config{})} {
		if _, ok := table.Find(mustURL(t, "https://example.com")); ok {
			t.Errorf("%s: Find found a route", name)
		}
		if _, ok := table.Plugin("acme"); ok {
			t.Errorf("%s: Plugin found one", name)
		}
		if _, ok := table.Tolerance(); ok || table.Source() != "" {
			t.Errorf("%s: there is a tolerance or a source", name)
		}
		if got := table.AuditLog(); got != "" {
			t.Errorf("%s: there is the audit log %q", name, got)
		}
		for route := range table.All() {
			t.Errorf("%s: All has %+v", name, route)
		}
	}
}

// All must stop when its caller does.
func TestAllStops(t *testing.T) {
	n := 0
	for range mustOpen(t, full(t)).All() {
		n++
		break
	}
	if n != 1 {
		t.Errorf("All went on to %d routes", n)
	}
}

// A clever search that disagrees with the rule would send a token to the wrong place:
// Find is compared with the plain scan over random routes and URLs.
func TestFindEqualsThePlainScan(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	found := 0
	for range 300 {
		config := Config{Routes: randomRoutes(t, random, random.IntN(60))}
		table := mustOpen(t, config)
		for range 60 {
			u := mustURL(t, randomURL(random))
			want, wantOK := best(config.Routes, u)
			got, ok := table.Find(u)
			if ok != wantOK || !reflect.DeepEqual(got, want) {
				t.Fatalf("Find(%s) is %s, %t; the plain scan says %s, %t", u, got.Pattern, ok, want.Pattern, wantOK)
			}
			if ok {
				found++
			}
		}
	}
	if found < 1000 {
		t.Errorf("only %d of 18000 searches found a route: the generator is too wide", found)
	}
}

func pick(random *rand.Rand, of ...string) string { return of[random.IntN(len(of))] }

func randomRoutes(t testing.TB, random *rand.Rand, n int) []Route {
	all := make([]Route, n)
	for i := range all {
		text := pick(random, "https://", "https://", "http://") + pick(random, "", "", "*.") +
			pick(random, "a.", "b.", "") + pick(random, "a.", "b.", "") + pick(random, "example.com", "com", "a-b.com") +
			pick(random, "", "", ":444", ":80")
		for range random.IntN(4) {
			text += pick(random, "/a", "/b", "/ab", "/a-b")
		}
		if random.IntN(40) == 0 {
			text = pick(random, "*", "http://*", "https://*")
		}
		// Some are equal on purpose: then the first must win in both.
		all[i] = Route{Pattern: mustPattern(t, text), Provider: "p" + strconv.Itoa(i), Line: i + 1}
	}
	return all
}

func randomURL(random *rand.Rand) string {
	text := pick(random, "https://", "https://", "http://") + pick(random, "a.", "b.", "") +
		pick(random, "a.", "b.", "") + pick(random, "a.", "") + pick(random, "example.com", "com", "a-b.com", "10.0.0.1", "localhost", "_") +
		pick(random, "", "", ":444", ":80")
	for range random.IntN(6) {
		text += pick(random, "/a", "/b", "/ab", "/a-b", "/a", "/b", "/", "/..", "/a%2fb")
	}
	return text
}

// Compile is not where duplicates are refused; but what it makes of them must not change
// from one run to the next.
func TestFirstOfTwoEqualRoutesWins(t *testing.T) {
	p := mustPattern(t, "example.com")
	for _, providers := range [][]string{{"a", "b", "c"}, {"c", "b", "a"}, {"b", "c", "a"}} {
		var c Config
		for _, provider := range providers {
			c.Routes = append(c.Routes, Route{Pattern: p, Provider: provider})
		}
		if got, _ := mustOpen(t, c).Find(mustURL(t, "https://example.com")); got.Provider != providers[0] {
			t.Errorf("of the routes to %v, Find takes %q", providers, got.Provider)
		}
	}
}

// Two routes for the same URLs have no order: neither may win by chance.
func TestDuplicateNamesBothRoutes(t *testing.T) {
	all := []Route{
		{Pattern: mustPattern(t, "example.com/x"), Line: 3},
		{Pattern: mustPattern(t, "*.example.com/x"), Line: 5},
		{Pattern: mustPattern(t, "http://example.com/x"), Line: 7},
		{Pattern: mustPattern(t, "HTTPS://Example.com:443/x"), Line: 9, Username: "other"},
		{Pattern: mustPattern(t, "*.example.com/x"), Line: 11},
	}
	if a, b, found := Duplicate(all); !found || a.Line != 3 || b.Line != 9 {
		t.Errorf("Duplicate is lines %d and %d, %t; want 3 and 9", a.Line, b.Line, found)
	}
	if a, b, found := Duplicate(all[:3]); found {
		t.Errorf("Duplicate is lines %d and %d, want none", a.Line, b.Line)
	}
}
