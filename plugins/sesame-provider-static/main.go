// Command sesame-provider-static serves the provider static as a plugin. sesame starts it.
package main

import (
	"github.com/sesame-auth/sesame/plugins/sdk"
	"github.com/sesame-auth/sesame/providers/static/keyring"
)

func main() { sdk.Serve(keyring.Provider{}) }
