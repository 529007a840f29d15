// Package config reads the configuration that people write, a TOML file, and says what is
// wrong with it, line by line. docs/configuration.md describes the file.
//
// The fronts do not link this package: they read the compiled form of package routes.
package config

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/sesame-auth/sesame/core"
	"github.com/sesame-auth/sesame/core/routes"
	"github.com/sesame-auth/sesame/providers"
)

// The bounds of durations, and how messages name them.
const (
	maxTolerance = core.MaxTolerance
	minLifetime  = time.Second
	maxLifetime  = 365 * 24 * time.Hour
)

// Parse reads the configuration in data. profiles are the built-in providers. The name,
// usually the file's path, begins every line of an error, in the form "NAME:LINE: message"; an error
// has ten lines at most and repeats no value of an option. [routes.Config.Source] is left empty.
func Parse(name string, data []byte, profiles []providers.Profile) (routes.Config, error) {
	f := &file{name: name, profiles: make(map[string]providers.Profile), keepers: make(map[string]bool)}
	for _, profile := range profiles {
		f.profiles[profile.Name] = profile
	}
	values, ok := f.decode(data)
	if !ok {
		return routes.Config{}, f.err()
	}
	c := f.config(table{file: f, values: values})
	if err := f.err(); err != nil {
		return routes.Config{}, err
	}
	return c, nil
}

// config reads the whole file.
func (f *file) config(root table) routes.Config {
	root.know(topKeys)
	var c routes.Config
	c.AuditLog = root.auditLog()
	c.Tolerance, c.HasTolerance = root.tolerance()
	// Plugins come first: their names are those of providers too.
	f.providers = slices.Sorted(maps.Keys(f.profiles))
	for _, plugin := range root.tables("plugin") {
		f.providers = append(f.providers, plugin.key)
		read := f.plugin(plugin)
		f.keepers[plugin.key] = read.Keeps
		c.Plugins = append(c.Plugins, read)
	}
	for _, route := range root.elements("route") {
		c.Routes = append(c.Routes, f.route(route))
	}
	// A route with a fault has no pattern, and is equal to the next such.
	if len(f.problems) > 0 {
		return c
	}
	if a, b, found := routes.Duplicate(c.Routes); found {
		f.report(b.Line, "the route for %s is in line %d already: nobody could tell which one is meant: remove one",
			printable(shorten(b.Pattern.String())), a.Line)
	}
	return c
}

// known returns the names of all providers for a message, without those that are
// themselves a problem.
func (f *file) known() string {
	names := slices.DeleteFunc(slices.Clone(f.providers), func(name string) bool { return !isPluginName(name) })
	slices.Sort(names)
	return strings.Join(slices.Compact(names), ", ")
}
