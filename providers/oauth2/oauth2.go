// Package oauth2 is the provider of tokens of any standard OAuth 2.0 server: by a login on
// another device (RFC 8628) or in a browser (RFC 8252), from a refresh token or a client's secret
// (RFC 6749), or in exchange for a token that the machine was given (RFC 8693).
//
// It asks the servers that its route names and nobody else: no address that a cloud gives to its
// machines is tried. What needs no network is in package profile.
package oauth2

import (
	"context"
	"net/http"
	"os"
	"strings"

	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/oauth2/profile"
	"github.com/sesame-auth/sesame/providers/quote"
)

// Provider obtains tokens from the authorization server of a route, by the route's grant. With
// the account of a route a token is a password ([providers.Basic]), as git's servers want
// it; without one it is a [providers.Bearer] token. The zero value is ready for use.
type Provider struct {
	transport http.RoundTripper // nil is the network
}

var _ providers.LoginProvider = Provider{}

// Token obtains a token by the grant of the route.
//
// For the grants device and browser it spends the refresh token that the last answer or
// [Provider.Login] brought, once, and the state of the new token is the refresh token to spend
// next. The error is [providers.ErrLoginRequired] where there is none or the
// server refuses it, and [providers.ErrUnavailable] where the server gives no answer, or
// says by its status that it cannot.
func (p Provider) Token(ctx context.Context, req providers.Request) (*providers.Token, error) {
	c, err := p.client(req)
	if err != nil {
		return nil, err
	}
	switch c.options.Grant {
	case profile.RefreshToken:
		return c.fromRefreshToken(ctx)
	case profile.ClientCredentials:
		return c.fromClientCredentials(ctx)
	case profile.TokenExchange:
		return c.fromTokenExchange(ctx)
	default:
		return c.fromLogin(ctx)
	}
}

// A client is this program toward the authorization server of one route, for one request.
type client struct {
	options   profile.Options
	req       providers.Request
	secret    providers.Secret // zero for a client without one, a public one
	transport http.RoundTripper
	limits    limits
}

// client reads the options and the client's secret.
func (p Provider) client(req providers.Request) (*client, error) {
	c := &client{req: req, transport: p.transport, limits: standard}
	err := req.Options.Decode(&c.options)
	if err == nil {
		err = c.options.Check()
	}
	if err != nil {
		return nil, loginRequired("options of the provider oauth2: "+err.Error(), "")
	}
	if c.secret, err = clientSecret(c.options); err != nil {
		return nil, err
	}
	if c.transport == nil {
		c.transport = network(c.limits)
	}
	return c, nil
}

// clientSecret returns the client's secret; zero for a public client.
func clientSecret(o profile.Options) (providers.Secret, error) {
	switch {
	case o.ClientSecretFile != "":
		return readOwned("client_secret_file", o.ClientSecretFile)
	case o.ClientSecretVariable == "":
		return providers.Secret{}, nil
	}
	secret := providers.NewSecret(strings.TrimSpace(os.Getenv(o.ClientSecretVariable)))
	if secret.IsZero() {
		return secret, loginRequired("the client's secret: "+o.ClientSecretVariable+" is not set", "export "+o.ClientSecretVariable+"=SECRET")
	}
	return secret, nil
}

// loginRequired is the error where only a person can help; repair is the command that does,
// or "".
func loginRequired(message, repair string) error {
	return &providers.Error{Kind: providers.ErrLoginRequired, Message: message, Repair: repair}
}

func unavailable(message string) error {
	return &providers.Error{Kind: providers.ErrUnavailable, Message: message}
}

// login is the command that begins a login for the request.
func (c *client) login() string { return "sesame login " + quote.Posix(c.req.URL.String()) }
