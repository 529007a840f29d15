package config

import (
	"slices"
	"strings"
	"time"

	"github.com/sesame-auth/sesame/core"
)

// A Key is one that a table of the configuration may have, as docs/configuration.md lists it. What is in no
// list of keys is an error in a configuration.
type Key struct {
	Name string
	// Usage says what the value is, in Markdown.
	Usage string
	// Default is what holds where the key is missing, in Markdown.
	Default string
}

// The keys, in the order of their names. A bound or a default is written from the constant that
// the code obeys.
var (
	topKeys = []Key{
		{
			Name:    "audit_log",
			Usage:   "the file of the [audit log](commands.md#the-audit-log): an absolute path, or one that begins with `~/`",
			Default: "none",
		},
		{Name: "plugin", Usage: "the plugins: a table `[plugin.NAME]` for each", Default: "none"},
		{
			Name:    "refresh_tolerance",
			Usage:   "the tolerance of every route that has none of its own, " + toleranceBounds,
			Default: written(core.DefaultTolerance),
		},
		{Name: "route", Usage: "the routes: a table `[[route]]` for each", Default: "none"},
	}
	routeKeys = []Key{
		{
			Name: "exclusive",
			Usage: "`true`: nobody else has a token for these URLs, so that a tool that can be told asks no other helper and no " +
				"person (git's `quit`)",
			Default: "`false`",
		},
		{
			Name: "lifetime",
			Usage: "how long a token without an expiry counts as living from its issue, for a provider that is asked through its " +
				"plugin, " + between(minLifetime, maxLifetime),
			Default: written(core.DefaultLifetime),
		},
		{Name: "match", Usage: "which URLs: see [Matching](#matching)", Default: "required"},
		{
			Name:    "options",
			Usage:   "a table of settings for the provider, as its page in [providers](providers/) lists them",
			Default: "none",
		},
		{
			Name:    "provider",
			Usage:   "`env`, `exec`, `oauth2`, `pyx`, `static`, or the name of a plugin",
			Default: "required",
		},
		{Name: "refresh_tolerance", Usage: "the route's own tolerance, " + toleranceBounds, Default: "the file's"},
		{
			Name: "store",
			Usage: "where a route to `static` without a secret [keeps tokens](providers/static.md): `\"file\"`, or `\"keyring\"` for " +
				"the operating system's",
			Default: "`\"file\"`",
		},
		{
			Name:    "username",
			Usage:   "the account that the route's tokens belong to; a tool that asks for another gets nothing",
			Default: "any",
		},
	}
	pluginKeys = []Key{
		{
			Name: "keeps",
			Usage: "`true`: the plugin keeps the tokens that tools hand in (`docker login`, git's `store`), and is asked " +
				"every time",
			Default: "`false`",
		},
		{Name: "path", Usage: "the executable: an absolute path without `.` or `..`", Default: "required"},
		{
			Name: "sha256",
			Usage: "its pin: what `sesame plugins pin FILE` prints; another executable at that path is not " +
				"started",
			Default: "required",
		},
		{
			Name: "variables",
			Usage: "the environment variables that the plugin is given, beside those that say where files are and how to reach " +
				"the network",
			Default: "none",
		},
	}
)

var toleranceBounds = between(0, maxTolerance)

// Keys returns the keys of the file itself, of a [[route]] and of a [plugin.NAME], each in the order of their
// names.
func Keys() (top, route, plugin []Key) {
	return slices.Clone(topKeys), slices.Clone(routeKeys), slices.Clone(pluginKeys)
}

func names(keys []Key) []string {
	var all []string
	for _, key := range keys {
		all = append(all, key.Name)
	}
	return all
}

// between says in Markdown what the bounds of a duration are.
func between(least, most time.Duration) string {
	return "from " + written(least) + " to " + written(most)
}

// written returns a duration in Markdown as a person writes it: "5m" and not "5m0s".
func written(d time.Duration) string {
	text := d.String()
	if short, ok := strings.CutSuffix(text, "m0s"); ok {
		text = short + "m"
	}
	if short, ok := strings.CutSuffix(text, "h0m"); ok {
		text = short + "h"
	}
	return "`\"" + text + "\"`"
}
