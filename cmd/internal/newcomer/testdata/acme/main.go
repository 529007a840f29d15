// Command sesame-provider-acme is the plugin of a third party: it makes tokens for any URL.
package main

import (
	"context"
	"crypto/rand"

	"github.com/sesame-auth/sesame/plugins/sdk"
	"github.com/sesame-auth/sesame/providers"
)

func main() { sdk.Serve(acme{}) }

type acme struct{}

func (acme) Token(context.Context, providers.Request) (*providers.Token, error) {
	return &providers.Token{Username: "ci", Value: providers.NewSecret("acme-" + rand.Text())}, nil
}
