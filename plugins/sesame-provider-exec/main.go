// Command sesame-provider-exec serves the provider exec as a plugin. sesame starts it.
package main

import (
	"github.com/sesame-auth/sesame/plugins/sdk"
	"github.com/sesame-auth/sesame/providers/exec"
)

func main() { sdk.Serve(exec.Provider{}) }
