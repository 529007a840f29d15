// Package env is the provider of tokens that are in the environment:
// SESAME_TOKEN_REGISTRY_EXAMPLE_COM for registry.example.com.
//
// The package is linked into the fronts: see package providers for what that
// forbids.
package env

import (
	"context"
	"strings"
	"syscall"

	"github.com/sesame-auth/sesame/providers"
)

const (
	tokenPrefix    = "SESAME_TOKEN_"
	usernamePrefix = "SESAME_USERNAME_"
)

// Provider reads a token, and perhaps the username that belongs to it, from the
// environment. With a username, the variable's or the route's, the token is a
// password ([providers.Basic]); without one it is a [providers.Bearer] token. It
// has no expiry, since a variable names none.
type Provider struct {
	// Getenv reads a variable; nil reads this process's own.
	Getenv func(name string) string
}

var _ providers.Provider = Provider{}

// options are the settings of a route to this provider. Each names a variable in
// place of the one that the host gives.
type options struct {
	TokenVariable    string `option:"token_variable"`
	UsernameVariable string `option:"username_variable"`
}

// Profile returns what the core must know of the provider. Without a route it serves
// every https URL whose token variable is set; http only on this machine.
func Profile() providers.Profile {
	return providers.Profile{
		Name:       "env",
		New:        func() providers.Provider { return Provider{} },
		NewOptions: func() any { return new(options) },
		Variables:  variables,
		Serves:     serves,
	}
}

// Token returns the token that the environment has for the host of req.URL. The
// error is [providers.ErrNotFound] where there is none, or where it belongs to another
// account than the one asked for.
func (p Provider) Token(_ context.Context, req providers.Request) (*providers.Token, error) {
	tokenVariable, usernameVariable, err := names(req.URL, req.Options)
	if err != nil {
		return nil, &providers.Error{
			Kind:    providers.ErrLoginRequired,
			Message: "options of the provider env: " + err.Error(),
		}
	}
	if tokenVariable == "" {
		return nil, notFound(req.URL.String() + ": a host like this has no variable: " +
			"name one with the option token_variable")
	}
	getenv := p.Getenv
	if getenv == nil {
		getenv = processEnv
	}
	value := lookup(getenv, tokenVariable)
	if value == "" {
		return nil, &providers.Error{
			Kind:    providers.ErrNotFound,
			Message: req.URL.String() + ": " + tokenVariable + " is not set",
			Repair:  "export " + tokenVariable + "=TOKEN",
		}
	}
	username := lookup(getenv, usernameVariable)
	if username == "" {
		username = req.Username
	}
	if req.Username != "" && username != req.Username {
		return nil, notFound(req.URL.String() + ": " + usernameVariable + " names another account")
	}
	token := &providers.Token{Username: username, Value: providers.NewSecret(value), Scheme: providers.Bearer}
	if username != "" {
		token.Scheme = providers.Basic
	}
	return token, nil
}

func notFound(message string) error {
	return &providers.Error{Kind: providers.ErrNotFound, Message: message}
}

func serves(u providers.URL, getenv func(string) string) bool {
	if u.Scheme != "https" && !(u.Scheme == "http" && u.IsLoopback()) {
		return false
	}
	name := hostName(u)
	return name != "" && lookup(getenv, tokenPrefix+name) != ""
}

// variables answers a route with wrong options like one without: they are an error of
// the configuration, and of Token.
func variables(u providers.URL, o providers.Options) []string {
	token, username, _ := names(u, o)
	set := make([]string, 0, 2)
	for _, name := range []string{token, username} {
		if name != "" {
			set = append(set, name)
		}
	}
	return set
}

// names returns the variables for u; "" where the host has none and no option names
// one.
func names(u providers.URL, o providers.Options) (token, username string, err error) {
	if name := hostName(u); name != "" {
		token, username = tokenPrefix+name, usernamePrefix+name
	}
	var named options
	if err := o.Decode(&named); err != nil {
		return token, username, err
	}
	if named.TokenVariable != "" {
		token = named.TokenVariable
	}
	if named.UsernameVariable != "" {
		username = named.UsernameVariable
	}
	return token, username, nil
}

// hostName returns the host and port of u as part of a variable's name. No two
// hosts share one: a dot is one underscore, a hyphen is two, and in a host name no
// hyphen stands beside a dot or a colon. It is "" for an IPv6 address, of which that
// cannot be said.
func hostName(u providers.URL) string {
	if u.Host == "" || strings.IndexByte(u.Host, ':') >= 0 {
		return ""
	}
	name := make([]byte, 0, 64)
	for _, c := range []byte(u.Authority()) {
		switch {
		case c == '.' || c == ':':
			name = append(name, '_')
		case c == '-':
			name = append(name, '_', '_')
		case c >= 'a' && c <= 'z':
			name = append(name, c-'a'+'A')
		default:
			name = append(name, c)
		}
	}
	return string(name)
}

// lookup returns the variable's value without the white space around it, which a
// file read into a variable leaves behind. Only white space counts as unset.
func lookup(getenv func(string) string, name string) string {
	return strings.TrimSpace(getenv(name))
}

// processEnv is os.Getenv, without the package os.
func processEnv(name string) string {
	value, _ := syscall.Getenv(name)
	return value
}
