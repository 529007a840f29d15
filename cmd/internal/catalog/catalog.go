// Package catalog lists the providers that sesame brings.
package catalog

import (
	"github.com/sesame-auth/sesame/cmd/internal/environ"
	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/env"
	exec "github.com/sesame-auth/sesame/providers/exec/profile"
	oauth2 "github.com/sesame-auth/sesame/providers/oauth2/profile"
	pyx "github.com/sesame-auth/sesame/providers/pyx/profile"
	"github.com/sesame-auth/sesame/providers/static"
)

// Profiles returns them, in the order in which they are asked whether they serve a URL that no
// route names: what a person put into a variable comes first.
func Profiles() []providers.Profile { return profiles[:] }

var profiles = [...]providers.Profile{fromEnvironment(), pyx.Profile(), static.Profile(), oauth2.Profile(), exec.Profile()}

// fromEnvironment is the provider env, reading variables in the way that costs least.
func fromEnvironment() providers.Profile {
	p := env.Profile()
	p.New = func() providers.Provider { return env.Provider{Getenv: environ.Get} }
	return p
}
