// Command sesame-provider-oauth2 serves the provider oauth2 as a plugin. sesame starts it.
package main

import (
	"github.com/sesame-auth/sesame/plugins/sdk"
	"github.com/sesame-auth/sesame/providers/oauth2"
)

func main() { sdk.Serve(oauth2.Provider{}) }
