// Command sesame-provider-env serves the provider env as a plugin. sesame starts it.
package main

import (
	"github.com/sesame-auth/sesame/plugins/sdk"
	"github.com/sesame-auth/sesame/providers/env"
)

func main() { sdk.Serve(env.Provider{}) }
