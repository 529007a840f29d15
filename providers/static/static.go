// Package static is the provider of tokens that a person wrote down: in a file of
// its own, such as a mounted secret, or in the configuration. A route that names neither serves
// what tools hand in: the core keeps it in a file of its store, or package
// providers/static/keyring in the operating system's keyring.
//
// The package is linked into the fronts: see package providers for what that
// forbids.
package static

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/sesame-auth/sesame/providers"
)

// Provider returns the token that a route's options name. With the account of the
// route it is a password ([providers.Basic]); without one it is a
// [providers.Bearer] token. It has no expiry, since nothing names one.
type Provider struct{}

var _ providers.Provider = Provider{}

// options are the settings of a route to this provider: one of the first two, or
// neither.
type options struct {
	// SecretFile is the file that holds the token: absolute, or beginning with "~/".
	SecretFile string `option:"secret_file"`
	// Secret is the token itself.
	Secret string `option:"secret"`
	// Scheme is how an HTTP Authorization header carries the token, in place of
	// Basic or Bearer.
	Scheme string `option:"scheme"`
	// Store says where tokens are kept that tools hand in: storeFile, the default, or storeKeyring.
	Store string `option:"store"`
}

// The values of the option store.
const (
	storeFile    = "file"
	storeKeyring = "keyring"
)

// Check reports what is wrong with the options together. It repeats no value, which may be a
// secret under the wrong option.
func (o *options) Check() error {
	written := o.SecretFile != "" || o.Secret != ""
	switch {
	case o.SecretFile != "" && o.Secret != "":
		return errors.New("want secret_file or secret, not both")
	case o.Store != "" && o.Store != storeFile && o.Store != storeKeyring:
		return errors.New(`option store: want "` + storeFile + `" or "` + storeKeyring + `"`)
	case o.Store != "" && written:
		return errors.New("want store, or secret_file or secret: a route whose token is written down keeps none")
	case o.Scheme != "" && !written:
		return errors.New("option scheme: want secret_file or secret beside it: a token that is kept has a scheme of its own")
	}
	return nil
}

// Profile returns what the core must know of the provider. It serves no URL without a route.
func Profile() providers.Profile {
	return providers.Profile{
		Name:       "static",
		New:        func() providers.Provider { return Provider{} },
		NewOptions: func() any { return new(options) },
		Variables:  variables,
		Keeps:      keeps,
	}
}

// variables names what leads to the keyring where it is one program of the user's session
// among others.
func variables(_ providers.URL, o providers.Options) []string {
	if keeps(o) != providers.KeepsItself {
		return nil
	}
	return []string{"DBUS_SESSION_BUS_ADDRESS"}
}

// keeps says who keeps what tools hand in. A route with a secret keeps nothing, be the secret
// empty by mistake. It does without Decode, since it is asked on every hit.
func keeps(o providers.Options) providers.Keeping {
	if writtenDown(o) {
		return providers.KeepsNothing
	}
	i := slices.IndexFunc(o, func(option providers.Option) bool { return option.Name == "store" })
	switch {
	case i < 0 || slices.Equal(o[i].Values, []string{storeFile}):
		return providers.KeepsInStore
	case slices.Equal(o[i].Values, []string{storeKeyring}):
		return providers.KeepsItself
	}
	return providers.KeepsNothing
}

func writtenDown(o providers.Options) bool {
	return slices.ContainsFunc(o, func(option providers.Option) bool {
		return option.Name == "secret_file" || option.Name == "secret"
	})
}

// Token returns the token that req.Options name. The error is [providers.ErrNotFound] where
// they name none, [providers.ErrUnavailable] where the file cannot be read just now,
// and [providers.ErrLoginRequired] where only a person can help.
//
// It has none of what is kept: the core answers for its own store, and the plugin for the keyring.
func (Provider) Token(_ context.Context, req providers.Request) (*providers.Token, error) {
	o, err := decode(req.Options)
	if err != nil {
		return nil, err
	}
	value := o.Secret
	switch {
	case o.SecretFile != "":
		if value, err = readSecret(o.SecretFile); err != nil {
			return nil, err
		}
	case o.Store == storeKeyring:
		return nil, unavailable(req.URL.String() + ": the keyring is asked through the plugin of the provider static alone")
	case value == "":
		return nil, nothing(req)
	}
	return &providers.Token{
		Username: req.Username,
		Value:    providers.NewSecret(value),
		Scheme:   scheme(o, req.Username),
	}, nil
}

func decode(from providers.Options) (o options, err error) {
	if err = from.Decode(&o); err == nil {
		err = o.Check()
	}
	if err != nil {
		return options{}, refused("options of the provider static: "+err.Error(), "")
	}
	return o, nil
}

// nothing is the error where the options name no token.
func nothing(req providers.Request) error {
	message := "nothing is kept for " + req.URL.String()
	if writtenDown(req.Options) {
		message = req.URL.String() + ": the route's option secret_file or secret is empty"
	}
	return &providers.Error{Kind: providers.ErrNotFound, Message: message}
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
		return "", refused(path+" is empty", WriteCommand(path))
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
