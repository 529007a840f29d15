// Command sesame-provider-acme serves the provider acme as a plugin. sesame starts it.
package main

import (
	"github.com/sesame-auth/sesame/plugins/sdk"

	"example.com/sesame-provider-acme/acme"
)

func main() { sdk.Serve(acme.Provider{}) }
