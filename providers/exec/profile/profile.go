// Package profile is what can be said of the provider exec without starting anything: its
// options, and the variables that its command is given.
//
// The package is linked into the fronts: see package providers for what that
// forbids.
package profile

import (
	"time"

	"github.com/sesame-auth/sesame/providers"
)

// Options are the settings of a route to the provider, as docs/providers/exec.md
// explains them.
type Options struct {
	// Command is the program and its arguments.
	Command []string `option:"command"`
	// Format says how the command is asked and answers: "token" (the default), "json",
	// "git", "docker" or "bazel".
	Format string `option:"format"`
	// Fields are the names of the fields in the answer, for the format json: "token",
	// "username", "expires", "expires_in".
	Fields map[string]string `option:"fields"`
	// Path is the URL's path that the command is told, for the formats git and bazel.
	Path string `option:"path"`
	// Scheme is how an HTTP Authorization header carries the token, in place of
	// Basic or Bearer, for the formats token and json.
	Scheme string `option:"scheme"`
	// Lifetime is how long a token lives that says nothing of it.
	Lifetime time.Duration `option:"lifetime"`
	// Timeout bounds one run of the command.
	Timeout time.Duration `option:"timeout"`
	// Variables names the environment variables that the command is given, beside
	// [providers.CommonVariables].
	Variables []string `option:"variables"`
}

// Profile returns what the core must know of the provider. It is asked through its
// plugin, and serves no URL without a route.
func Profile() providers.Profile {
	return providers.Profile{
		Name:       "exec",
		NewOptions: func() any { return new(Options) },
		Variables:  variables,
	}
}

// variables are the ones that the route names, so that they are part of the key.
func variables(_ providers.URL, o providers.Options) []string {
	for _, option := range o {
		if option.Name == "variables" && option.Kind == providers.ListOption {
			return option.Values[:len(option.Values):len(option.Values)]
		}
	}
	return nil
}
