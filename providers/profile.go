package providers

// A Profile is what the core must know of a provider before it opens it: data,
// in a package that links no network, since the fronts link every profile.
type Profile struct {
	// Name is what a route's provider key says: lower-case letters, digits, hyphens.
	Name string
	// New returns the provider where it is pure and quick and is called in
	// process; nil where it is asked through its plugin.
	New func() Provider
	// NewOptions returns a pointer to an empty options struct, so that a wrong option is an
	// error of the configuration. Nil checks nothing.
	NewOptions func() any
	// Variables names the environment variables that the provider is given for a
	// URL. Their values become part of the key, so that a changed API key never meets the
	// token of another. A plugin sees no others but [CommonVariables].
	Variables func(u URL, o Options) []string
	// Serves reports whether the provider answers for u without a route in the
	// configuration. Nil: never.
	Serves func(u URL, getenv func(string) string) bool
	// Sources names files outside the store that a person's login, or another
	// program, changes. When one does, a remembered failure is forgotten and
	// the stored token is due. Nil: none.
	Sources func(getenv func(string) string) []string
	// Keeps says who keeps the tokens that a tool hands in for a route with these
	// options. Nil: nobody, the route only reads.
	Keeps func(o Options) Keeping
}

// CommonVariables are the variables that every plugin is given: where to find
// files, and how to reach the network. They are no part of a key.
func CommonVariables() []string {
	return append([]string{
		"HOME", "PATH", "LANG", "LC_ALL", "TMPDIR", "USER", "LOGNAME",
		"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR",
		"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
		"SSL_CERT_FILE", "SSL_CERT_DIR",
	}, systemVariables...)
}

// NestedVariable is set to "1" for a command that a provider starts, and so for all that the command starts:
// sesame waits for it. A sesame that is asked among them serves what it has, and starts no
// refresh, which could be the very one that waits.
const NestedVariable = "SESAME_EXEC"

// An Account is a host for which there is a token, and the account that it belongs to.
type Account struct {
	// Host is host or host:port; for a kept token the tool's own name for it, which may be a URL.
	Host     string
	Username string
}
