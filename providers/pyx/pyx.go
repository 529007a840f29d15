// Package pyx is the provider of tokens for pyx, the package registry of uv's makers.
// It uses the login, the files and the lock that uv uses, so that the two never
// spend one refresh token twice.
//
// What needs no network is in package profile.
package pyx

import (
	"context"
	"os"
	"time"

	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/internal/jwt"
	"github.com/sesame-auth/sesame/providers/pyx/profile"
)

// Provider obtains tokens for pyx: the one in PYX_AUTH_TOKEN, or one that the key in
// PYX_API_KEY is exchanged for, or the one of uv's login, refreshed when it is due. Its zero
// value is ready for use.
type Provider struct{}

var _ providers.LoginProvider = Provider{}

// Token obtains a token for req.URL, which must be one that [profile.Settings.Serves]; pyx knows
// no usernames.
//
// A token that uv keeps is returned without a request if it is good until
// req.GoodUntil and is not req.Previous. Otherwise one is obtained under uv's own lock, and
// written where uv looks for it.
func (Provider) Token(ctx context.Context, req providers.Request) (*providers.Token, error) {
	settings, err := readSettings(req)
	if err != nil {
		return nil, err
	}
	if !settings.Token.IsZero() {
		return given(settings)
	}
	s, err := newSource(settings, req)
	if err != nil {
		return nil, err
	}
	if !settings.Key.IsZero() {
		return s.fromKey(ctx)
	}
	return s.fromLogin(ctx)
}

// readSettings returns what the environment says, if the request is one for pyx.
func readSettings(req providers.Request) (profile.Settings, error) {
	settings, err := profile.Read(os.Getenv)
	if err != nil {
		return settings, loginRequired(err.Error(), "")
	}
	if !settings.Serves(req.URL) {
		return settings, notFound(req.URL.String() + " is neither at " + settings.Origin() + " nor below " + settings.CDN)
	}
	if req.Username != "" {
		return settings, notFound(req.URL.String() + ": pyx knows no usernames")
	}
	if err := req.Options.Decode(new(profile.Options)); err != nil {
		return settings, loginRequired("options of the provider pyx: "+err.Error(), "")
	}
	return settings, nil
}

// given returns the token in the environment, as it is.
func given(settings profile.Settings) (*providers.Token, error) {
	repair := "unset " + settings.TokenVariable + " && " + loginCommand(settings)
	value := settings.Token.Reveal()
	if !sendable(value) {
		return nil, loginRequired("the token in "+settings.TokenVariable+" has characters that no header can carry", repair)
	}
	token := newToken(value)
	if !token.Expires.IsZero() && !token.Expires.After(time.Now()) {
		return nil, loginRequired("the token in "+settings.TokenVariable+" expired at "+
			token.Expires.Format(time.RFC3339), repair)
	}
	return token, nil
}

// A source is where the token of one request comes from.
type source struct {
	settings  profile.Settings
	directory string // of uv
	issuer    issuer
	req       providers.Request
}

func newSource(settings profile.Settings, req providers.Request) (source, error) {
	directory, err := settings.Directory(os.Getenv)
	if err != nil {
		return source{}, loginRequired(err.Error(), "")
	}
	return source{settings: settings, directory: directory, issuer: newIssuer(settings.Origin()), req: req}, nil
}

// inHand returns the access token if it will do, and nil if another is due. One that does not
// say when it expires will not.
func (s source) inHand(access string, now time.Time) *providers.Token {
	token := newToken(access)
	switch {
	case !sendable(access):
		return nil
	case !token.Expires.After(now) || token.Expires.Before(s.req.GoodUntil):
		return nil
	case s.req.Previous != nil && s.req.Previous.Value.Equal(token.Value):
		return nil
	}
	return token
}

// checkNew refuses a token that was dead on arrival.
func (s source) checkNew(token *providers.Token) (*providers.Token, error) {
	if !token.Expires.IsZero() && !token.Expires.After(time.Now()) {
		return nil, unavailable(s.settings.Origin() + ": the new token expired at " +
			token.Expires.Format(time.RFC3339) + ": is the clock of this machine right?")
	}
	return token, nil
}

func newToken(access string) *providers.Token {
	issued, expires := jwt.Times(access)
	return &providers.Token{
		Value: providers.NewSecret(access), Scheme: providers.Bearer, Issued: issued, Expires: expires,
	}
}

func notFound(message string) error {
	return &providers.Error{Kind: providers.ErrNotFound, Message: message}
}

// loginCommand is what a person types to log in.
func loginCommand(settings profile.Settings) string { return "sesame login " + settings.Origin() }

// loginRequired is the error where only a person can help; repair is the command that does,
// or "".
func loginRequired(message, repair string) error {
	return &providers.Error{Kind: providers.ErrLoginRequired, Message: message, Repair: repair}
}

func unavailable(message string) error {
	return &providers.Error{Kind: providers.ErrUnavailable, Message: message}
}
