// Package static is the provider of tokens that a person wrote down: in a file of
// its own, such as a mounted secret, or in the configuration.
//
// The package is linked into the fronts: see package providers for what that
// forbids.
package static

import (
	"context"
	"strings"

	"github.com/sesame-auth/sesame/providers"
)

// Provider returns the token that a route's options name. With the account of the
// route it is a password ([providers.Basic]); without one it is a
// [providers.Bearer] token. It has no expiry, since nothing names one.
type Provider struct{}

var _ providers.Provider = Provider{}

// options are the settings of a route to this provider: exactly one of the first
// two.
type options struct {
	// SecretFile is the file that holds the token: absolute, or beginning with "~/".
	SecretFile string `option:"secret_file"`
	// Secret is the token itself.
	Secret string `option:"secret"`
	// Scheme is how an HTTP Authorization header carries the token, in place of
	// Basic or Bearer.
	Scheme string `option:"scheme"`
}

// Profile returns what the core must know of the provider. It serves no URL without a route.
func Profile() providers.Profile {
	return providers.Profile{
		Name:       "static",
		New:        func() providers.Provider { return Provider{} },
		NewOptions: func() any { return new(options) },
		Variables:  func(providers.URL, providers.Options) []string { return nil },
	}
}

// Token returns the token that req.Options name. The error is [providers.ErrNotFound] where
// they name none, [providers.ErrUnavailable] where the file cannot be read just now,
// and [providers.ErrLoginRequired] where only a person can help.
func (Provider) Token(_ context.Context, req providers.Request) (*providers.Token, error) {
	var o options
	if err := req.Options.Decode(&o); err != nil {
		return nil, refused("options of the provider static: "+err.Error(), "")
	}
	var value string
	switch {
	case o.SecretFile != "" && o.Secret != "":
		return nil, refused("options of the provider static: want secret_file or secret, not both", "")
	case o.SecretFile != "":
		var err error
		if value, err = readSecret(o.SecretFile); err != nil {
			return nil, err
		}
	case o.Secret != "":
		value = o.Secret
	default:
		return nil, &providers.Error{
			Kind:    providers.ErrNotFound,
			Message: req.URL.String() + ": the route has neither of the options secret_file and secret",
		}
	}
	return &providers.Token{
		Username: req.Username,
		Value:    providers.NewSecret(value),
		Scheme:   scheme(o, req.Username),
	}, nil
}

func scheme(o options, username string) string {
	switch {
	case o.Scheme != "":
		return o.Scheme
	case username != "":
		return providers.Basic
	}
	return providers.Bearer
}

// readSecret returns the token in the file, without the line end that an editor
// leaves behind. White space may be part of a password, and stays.
func readSecret(name string) (string, error) {
	path, err := expand(name)
	if err != nil {
		return "", err
	}
	text, err := readOwned(path)
	if err != nil {
		return "", err
	}
	text = strings.TrimRight(text, "\r\n")
	if text == "" {
		return "", refused(path+" is empty", "")
	}
	return text, nil
}

// expand does not repeat a name that is no path in its error: it may be the
// secret itself, under the wrong option.
func expand(name string) (string, error) {
	rest, home := strings.CutPrefix(name, "~/")
	switch {
	case home && homeDir() == "":
		return "", refused("option secret_file: "+name+": "+homeVariable+" is not set", "")
	case home:
		return homeDir() + "/" + rest, nil
	case !isAbs(name):
		return "", refused(`option secret_file: want an absolute path, or one that begins with "~/"`, "")
	}
	return name, nil
}

// refused is the error where only a person can help; repair is the command that does,
// or "".
func refused(message, repair string) error {
	return &providers.Error{Kind: providers.ErrLoginRequired, Message: message, Repair: repair}
}

func unavailable(message string) error {
	return &providers.Error{Kind: providers.ErrUnavailable, Message: message}
}
