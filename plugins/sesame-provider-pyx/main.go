// Command sesame-provider-pyx serves the provider pyx as a plugin. sesame starts it.
package main

import (
	"github.com/sesame-auth/sesame/plugins/sdk"
	"github.com/sesame-auth/sesame/providers/pyx"
)

func main() { sdk.Serve(pyx.Provider{}) }
