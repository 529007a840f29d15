// Package routes is the configuration as data: which URL goes to which provider,
// and a compiled form of it that a front searches without reading it whole.
//
// The package is linked into the fronts: see package providers for what that forbids.
// The file that people write is read by core/config.
package routes

import (
	"time"

	"github.com/sesame-auth/sesame/providers"
)

// A Route sends the URLs of its pattern to a provider.
type Route struct {
	// Pattern says which URLs.
	Pattern Pattern
	// Provider is the name of a built-in provider or of a plugin.
	Provider string
	// Username is the account that the route's tokens belong to; "" is any.
	Username string
	// Tolerance is the route's own, where HasTolerance is true. Zero is a value:
	// refresh a token only when it has expired.
	Tolerance    time.Duration
	HasTolerance bool
	// Lifetime is how long a token without an expiry counts as living from its
	// issue; zero leaves that to the core.
	Lifetime time.Duration
	// Exclusive says that nobody else has a token for the route's URLs: a tool that can be told
	// so asks no other helper and no person.
	Exclusive bool
	// Options are the provider's settings.
	Options providers.Options
	// Line is where the route stands in the configuration, from 1; 0 for a
	// route that is built in.
	Line int
}

// A Plugin is a provider that is served by an executable of its own.
type Plugin struct {
	// Name is what a route's provider key says.
	Name string
	// Path is the executable, absolute.
	Path string
	// SHA256 is the pin of the executable: 64 lower-case hexadecimal digits.
	SHA256 string
	// Variables names the environment variables that the plugin is given, beside
	// [providers.CommonVariables].
	Variables []string
	// Keeps says that it keeps the tokens that tools hand in: it is a [providers.Keeper].
	Keeps bool
}

// A Config is the whole configuration.
type Config struct {
	// Tolerance is the default for every route, where HasTolerance is true.
	Tolerance    time.Duration
	HasTolerance bool
	// AuditLog is the file of the audit log: absolute, or beginning with "~/"; "" is none.
	AuditLog string
	// Routes stand in the order of the file. No two are equally specific for one
	// URL: see [Duplicate].
	Routes []Route
	// Plugins are in the order of their names.
	Plugins []Plugin
	// Source identifies what the configuration was read from, in the caller's own
	// words (path, device, inode, size, times), so that a compiled table that is
	// out of date is noticed. It must be taken before the file is read: then a file
	// that changes meanwhile makes a table that counts as old, never one
	// that counts as new.
	Source string
}

// Duplicate returns the first two routes, in the order given, that are equally specific and
// match the same URLs. Which one is meant, nobody can tell: it is an error of
// the configuration, even if their usernames differ.
func Duplicate(all []Route) (a, b Route, found bool) {
	names := make(map[string]int, len(all))
	for i, route := range all {
		name := route.Pattern.String()
		if first, ok := names[name]; ok {
			return all[first], route, true
		}
		names[name] = i
	}
	return Route{}, Route{}, false
}

// Path returns where the configuration is: what the option --config says, else
// SESAME_CONFIG, else sesame/config.toml in XDG_CONFIG_HOME, else in ~/.config; on Windows, in APPDATA.
// It is "" where there is no such directory either. The working directory is never searched:
// it is the tool's, often a stranger's repository.
func Path(flag string, getenv func(string) string) string {
	if flag != "" {
		return flag
	}
	if path := getenv("SESAME_CONFIG"); path != "" {
		return path
	}
	return defaultPath(getenv)
}

// Named reports whether a person named the configuration that [Path] returns. If so,
// it must exist; a default one need not.
func Named(flag string, getenv func(string) string) bool {
	return flag != "" || getenv("SESAME_CONFIG") != ""
}
