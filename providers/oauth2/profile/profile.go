// Package profile is what can be said of the provider oauth2 without a network: the
// settings of a route, what is wrong with them, and the endpoints of well-known hosts.
//
// The package is linked into the fronts: see package providers for what that
// forbids.
package profile

import "github.com/sesame-auth/sesame/providers"

// The grants: the ways of obtaining a token.
const (
	Device            = "device"             // a person types a code somewhere else: RFC 8628
	Browser           = "browser"            // a person's browser comes back to this machine: RFC 8252
	RefreshToken      = "refresh_token"      // a refresh token that somebody wrote into a file: RFC 6749, section 6
	ClientCredentials = "client_credentials" // the program's own secret: RFC 6749, section 4.4
	TokenExchange     = "token_exchange"     // a token that the machine was given, for another: RFC 8693
)

// How a client secret is sent (RFC 6749, section 2.3.1).
const (
	ClientAuthBasic = "basic" // in an Authorization header
	ClientAuthPost  = "post"  // in the request's body
)

// The defaults of options.
const (
	// DefaultRedirect is where a browser comes back to, at a free port.
	DefaultRedirect = "http://127.0.0.1/"
	// DefaultSubjectTokenType is what a token file holds (RFC 8693, section 3).
	DefaultSubjectTokenType = "urn:ietf:params:oauth:token-type:jwt"
)

// Options are the settings of a route to the provider. Which of them belong together is said
// by [Options.Check].
type Options struct {
	// Grant is one of the grants above. There is no default.
	Grant string `option:"grant"`

	// Preset is a well-known host, for its endpoints.
	Preset string `option:"preset"`
	// Issuer is the server's issuer identifier, whose metadata name the endpoints (RFC 8414,
	// OpenID Connect Discovery 1.0).
	Issuer string `option:"issuer"`
	// TokenURL, AuthorizationURL and DeviceURL are endpoints. They go before those of
	// the preset and the issuer.
	TokenURL         string `option:"token_url"`
	AuthorizationURL string `option:"authorization_url"`
	DeviceURL        string `option:"device_url"`

	// ClientID is the name under which this program is registered with the server.
	ClientID string `option:"client_id"`
	// ClientSecretFile is the file that holds the client's secret: absolute, or beginning with "~/".
	ClientSecretFile string `option:"client_secret_file"`
	// ClientSecretVariable is the environment variable that does.
	ClientSecretVariable string `option:"client_secret_variable"`
	// ClientAuth is how the secret is sent; "" means as the preset says, else
	// [ClientAuthBasic], which every server must support.
	ClientAuth string `option:"client_auth"`

	// Scopes are what the token shall be good for (RFC 6749, section 3.3).
	Scopes []string `option:"scopes"`
	// Audience and Resource are where it shall be good (RFC 8693, section 2.1; RFC 8707).
	Audience string `option:"audience"`
	Resource string `option:"resource"`
	// RedirectURL is where the browser comes back to, on this machine. Without a port it is a
	// free one.
	RedirectURL string `option:"redirect_url"`

	// RefreshTokenFile is the file that holds the first refresh token.
	RefreshTokenFile string `option:"refresh_token_file"`
	// SubjectTokenFile is the file that holds the token to be exchanged. It is read anew
	// each time.
	SubjectTokenFile string `option:"subject_token_file"`
	// SubjectTokenType is the type of that token; RequestedTokenType is the type that is wanted
	// for it, "" being whatever the server gives (RFC 8693, section 3).
	SubjectTokenType   string `option:"subject_token_type"`
	RequestedTokenType string `option:"requested_token_type"`
}

// Profile returns what the core must know of the provider. It is asked through its
// plugin, and serves no URL without a route.
func Profile() providers.Profile {
	return providers.Profile{
		Name:       "oauth2",
		NewOptions: func() any { return new(Options) },
		Variables:  variables,
	}
}

// variables names the variable of the client's secret. A route with wrong options has none:
// they are an error of the configuration, and of Token.
func variables(_ providers.URL, options providers.Options) []string {
	var o Options
	if options.Decode(&o) != nil || o.ClientSecretVariable == "" {
		return nil
	}
	return []string{o.ClientSecretVariable}
}

// AuthStyle returns how the client's secret is sent: the option, what the preset's
// documentation says, or [ClientAuthBasic].
func (o Options) AuthStyle() string {
	if o.ClientAuth != "" {
		return o.ClientAuth
	}
	if p, ok := findPreset(o.Preset); ok {
		return p.clientAuth
	}
	return ClientAuthBasic
}

// Redirect returns where the browser comes back to.
func (o Options) Redirect() string {
	if o.RedirectURL != "" {
		return o.RedirectURL
	}
	return DefaultRedirect
}
