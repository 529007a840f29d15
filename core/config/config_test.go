package config

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/core/routes"
	"github.com/sesame-auth/sesame/providers"
)

// profiles are providers such as the built-in ones.
func profiles() []providers.Profile {
	return []providers.Profile{
		{Name: "static", NewOptions: func() any {
			return new(struct {
				Secret     string            `option:"secret"`
				SecretFile string            `option:"secret_file"`
				Scheme     string            `option:"scheme"`
				Size       int               `option:"size"`
				Quick      bool              `option:"quick"`
				Scopes     []string          `option:"scopes"`
				Wait       time.Duration     `option:"wait"`
				Fields     map[string]string `option:"fields"`
			})
		}},
		{Name: "pyx", NewOptions: func() any { return new(struct{}) }},
		{Name: "env"},
	}
}

func mustParse(t testing.TB, text string) routes.Config {
	t.Helper()
	c, err := Parse("config.toml", []byte(text), profiles())
	if err != nil {
		t.Fatalf("Parse: %v", err)
	}
	return c
}

func mustPattern(t testing.TB, text string) routes.Pattern {
	t.Helper()
	p, err := routes.ParsePattern(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

const sum = "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"

// A key that is read but not passed on would be a setting that silently does nothing.
func TestParseReadsEveryKey(t *testing.T) {
	got := mustParse(t, `
refresh_tolerance = "30m"

[[route]]
match = "https://Registry.Example.com/team"
provider = "static"
username = "ci"
refresh_tolerance = "0s"
lifetime = "1h"
options = { secret_file = "/run/secrets/registry", size = 3, quick = true, scopes = ["read", "write"], wait = "50m" }

[[route]]
match = "*.example.com:8443"
provider = "acme"
[route.options]
b = "2"
a.y = "1"
a-b = "3"
[route.options.a.x]
z = false

[[route]]
match = "http://localhost:8080"
provider = "env"

[plugin.acme-two]
path = "/opt/acme-two"
sha256 = "`+strings.ToUpper(sum)+`"

[plugin.acme]
path = "/opt/acme"
sha256 = "`+sum+`"
variables = ["ACME_KEY", "_x1"]
`)
	text := func(name, value string) providers.Option {
		return providers.Option{Name: name, Kind: providers.StringOption, Values: []string{value}}
	}
	want := routes.Config{
		Tolerance: 30 * time.Minute, HasTolerance: true,
		Routes: []routes.Route{
			{
				Pattern: mustPattern(t, "https://registry.example.com/team"), Provider: "static", Username: "ci",
				HasTolerance: true, Lifetime: time.Hour, Line: 4,
				Options: providers.Options{
					{Name: "quick", Kind: providers.BooleanOption, Values: []string{"true"}},
					{Name: "scopes", Kind: providers.ListOption, Values: []string{"read", "write"}},
					text("secret_file", "/run/secrets/registry"),
					{Name: "size", Kind: providers.IntegerOption, Values: []string{"3"}},
					text("wait", "50m"),
				},
			},
			{
				Pattern: mustPattern(t, "https://*.example.com:8443"), Provider: "acme", Line: 12,
				Options: providers.Options{
					text("a-b", "3"),
					{Name: "a.x.z", Kind: providers.BooleanOption, Values: []string{"false"}},
					text("a.y", "1"), text("b", "2"),
				},
			},
			{Pattern: mustPattern(t, "http://localhost:8080"), Provider: "env", Line: 22},
		},
		Plugins: []routes.Plugin{
			{Name: "acme", Path: "/opt/acme", SHA256: sum, Variables: []string{"ACME_KEY", "_x1"}},
			{Name: "acme-two", Path: "/opt/acme-two", SHA256: sum},
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("Parse is\n%+v, want\n%+v", got, want)
	}
	// Nothing that Parse accepts may be refused by the compiled form.
	if _, err := routes.Open(routes.Compile(got)); err != nil {
		t.Errorf("Open of what was compiled: %v", err)
	}
}

// An empty file is a configuration; so is one of comments.
func TestParseReadsNothing(t *testing.T) {
	for _, text := range []string{"", "\n", "# nothing yet\n", "route = []\n"} {
		if c := mustParse(t, text); !reflect.DeepEqual(c, routes.Config{}) {
			t.Errorf("Parse(%q) is %+v", text, c)
		}
	}
}

// The bounds of durations are exact: one nanosecond beyond is refused.
func TestDurationsHaveExactBounds(t *testing.T) {
	route := "[[route]]\nmatch = \"example.com\"\nprovider = \"env\"\n"
	for _, test := range []struct {
		name, text string
		ok         bool
	}{
		{"no tolerance", `refresh_tolerance = "0"`, true},
		{"largest tolerance", `refresh_tolerance = "24h"`, true},
		{"negative tolerance", `refresh_tolerance = "-1ns"`, false},
		{"too large a tolerance", `refresh_tolerance = "24h0m0.000000001s"`, false},
		{"a route's tolerance too large", route + `refresh_tolerance = "24h0m0.000000001s"`, false},
		{"smallest lifetime", route + `lifetime = "1s"`, true},
		{"largest lifetime", route + `lifetime = "8760h"`, true},
		{"too small a lifetime", route + `lifetime = "999999999ns"`, false},
		{"too large a lifetime", route + `lifetime = "8760h0m0.000000001s"`, false},
		{"a number", `refresh_tolerance = 300`, false},
		{"no unit", `refresh_tolerance = "300"`, false},
		{"days", `refresh_tolerance = "1d"`, false},
		{"empty", `refresh_tolerance = ""`, false},
		{"infinite", `refresh_tolerance = inf`, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := Parse("c", []byte(test.text), profiles()); (err == nil) != test.ok {
				t.Errorf("Parse(%s): %v", test.text, err)
			}
		})
	}
}

// Every value that a configuration may hold must survive its compiled form, or the
// fronts and the commands would disagree.
func TestParsedRoutesSurviveCompiling(t *testing.T) {
	c := mustParse(t, `
[[route]]
match = "example.com"
provider = "static"
options = { secret = "tab\tline\nescape\u001b", scopes = [], fields = { "a.b" = "" } }
`)
	table, err := routes.Open(routes.Compile(c))
	if err != nil {
		t.Fatal(err)
	}
	u, _ := providers.ParseURL("https://example.com/x")
	if got, ok := table.Find(u); !ok || !reflect.DeepEqual(got, c.Routes[0]) {
		t.Errorf("Find is %+v, %t, want %+v", got, ok, c.Routes[0])
	}
}

const small = "[[route]]\nmatch = 'example.com'\nprovider = 'env'\n"

func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
