package core

import (
	"strconv"
	"time"

	"github.com/sesame-auth/sesame/core/digest"
	"github.com/sesame-auth/sesame/core/routes"
	"github.com/sesame-auth/sesame/providers"
)

// A Query is a request whose route is found: which provider is asked, for which
// account, and under which key its token is stored.
type Query struct {
	URL      providers.URL
	Username string // the account: the route's, or the one the tool asked for
	Route    routes.Route
	BuiltIn  bool // no route of the configuration, but the provider's own
	Profile  providers.Profile
	Policy   Policy
	Key      string
	// Keeping says who keeps the tokens that tools hand in for the route.
	Keeping providers.Keeping

	asked time.Time // when the tool asked
}

// InProcess reports whether the provider is called in process: its tokens are not stored.
func (q *Query) InProcess() bool {
	return q.Profile.New != nil && q.Keeping == providers.KeepsNothing
}

// A Finder finds the route of a URL.
type Finder struct {
	// Routes are the configuration's.
	Routes routes.Table
	// Profiles are the providers that sesame brings, in the order in which they are
	// asked whether they serve a URL that no route names.
	Profiles []providers.Profile
	// Getenv reads an environment variable; "" is unset.
	Getenv func(string) string
	// Tolerance is the request's own, from a flag or the environment; nil for none. It
	// overrides the route's and the configuration's.
	Tolerance *time.Duration
}

// Find fills in the query for a URL and the account a tool asked for. The error is
// providers.ErrNotFound where no route serves them.
func (f *Finder) Find(q *Query, u providers.URL, username string) error {
	*q = Query{URL: u, Username: username}
	if !f.route(q) {
		return &providers.Error{
			Kind: providers.ErrNotFound, Message: "no route for " + u.String(), Repair: addRoute(u),
		}
	}
	if want := q.Route.Username; want != "" {
		if username != "" && username != want {
			return &providers.Error{
				Kind:    providers.ErrNotFound,
				Message: "the route of " + u.String() + " is for another account",
				Repair:  "sesame explain " + u.String(),
			}
		}
		q.Username = want
	}
	if !q.BuiltIn {
		q.Keeping = f.keeping(q.Route)
	}
	q.Policy = Policy{Tolerance: f.tolerance(q.Route), Lifetime: q.Route.Lifetime}
	q.Key = q.key(f.Getenv)
	return nil
}

// addRoute is the command that makes a route for the host of u; "" where no route can name it.
func addRoute(u providers.URL) string {
	if u.Host == "" {
		return ""
	}
	match := u.Authority() // which stands for https
	if u.Scheme != "https" {
		match = u.Scheme + "://" + match
	}
	return "sesame config init --match " + match
}

// keeping says who keeps the tokens of a route of the configuration.
func (f *Finder) keeping(route routes.Route) providers.Keeping {
	for i := range f.Profiles {
		if profile := &f.Profiles[i]; profile.Name == route.Provider {
			if profile.Keeps == nil {
				return providers.KeepsNothing
			}
			return profile.Keeps(route.Options)
		}
	}
	if plugin, _ := f.Routes.Plugin(route.Provider); plugin.Keeps {
		return providers.KeepsItself
	}
	return providers.KeepsNothing
}

// route fills in the route and the profile: the configuration's, or a built-in one. A route for every
// host comes last: what a person put into a variable for one host is meant for that.
func (f *Finder) route(q *Query) bool {
	if q.URL.Host == "" {
		return false
	}
	route, ok := f.Routes.Find(q.URL)
	if ok && !route.Pattern.EveryHost() {
		q.Route, q.Profile = route, f.profile(route.Provider)
		return true
	}
	for _, profile := range f.Profiles {
		if profile.Serves != nil && profile.Serves(q.URL, f.Getenv) {
			q.Route, q.Profile, q.BuiltIn = routes.Route{Provider: profile.Name}, profile, true
			return true
		}
	}
	if ok {
		q.Route, q.Profile = route, f.profile(route.Provider)
	}
	return ok
}

// profile returns the profile of a provider: one that sesame brings, or what the
// configuration says of a plugin.
func (f *Finder) profile(name string) providers.Profile {
	for _, profile := range f.Profiles {
		if profile.Name == name {
			return profile
		}
	}
	plugin, _ := f.Routes.Plugin(name)
	variables := func(providers.URL, providers.Options) []string { return plugin.Variables }
	return providers.Profile{Name: name, Variables: variables}
}

func (f *Finder) tolerance(route routes.Route) time.Duration {
	if f.Tolerance != nil {
		return *f.Tolerance
	}
	if route.HasTolerance {
		return route.Tolerance
	}
	if tolerance, ok := f.Routes.Tolerance(); ok {
		return tolerance
	}
	return DefaultTolerance
}

// key names the stored token by everything that could change whose token it is:
// provider, route, account, options, and the values of the variables that the provider is
// given. A route with a wildcard stands for many hosts, so the host counts too.
func (q *Query) key(getenv func(string) string) string {
	switch q.Keeping {
	case providers.KeepsInStore:
		return keptKey(q.Profile.Name, q.URL)
	case providers.KeepsItself:
		return keeperKey(q.Profile.Name)
	}
	pattern, host := "built in", ""
	if !q.BuiltIn {
		pattern = q.Route.Pattern.String()
	}
	if q.InProcess() || q.Route.Pattern.Wildcard {
		host = q.URL.Scheme + "://" + q.URL.Authority()
	}
	var h digest.Hash
	for _, part := range [...]string{"sesame key 1", q.Profile.Name, pattern, host, q.Username} {
		h.Add(part)
	}
	for _, option := range q.Route.Options {
		h.Add("option")
		h.Add(option.Name)
		h.Add(string(rune(option.Kind)))
		h.Add(strconv.Itoa(len(option.Values)))
		for _, value := range option.Values {
			h.Add(value)
		}
	}
	for _, name := range q.Variables() {
		h.Add("variable")
		h.Add(name)
		h.Add(getenv(name))
	}
	return h.Sum()
}

// Variables names the environment variables that the provider is given.
func (q *Query) Variables() []string {
	if q.Profile.Variables == nil {
		return nil
	}
	return q.Profile.Variables(q.URL, q.Route.Options)
}

// Name says which route this is, for people.
func (q *Query) Name() string {
	if q.BuiltIn {
		return "built in: " + q.Profile.Name
	}
	return q.Route.Pattern.String()
}
