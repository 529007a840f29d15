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
	"github.com/sesame-auth/sesame/providers/pyx/profile"
)

// loginCommand begins a login, for whichever API the environment names.
const loginCommand = "uv auth login pyx.dev"

// Provider obtains tokens for pyx: the one in PYX_AUTH_TOKEN, or one that the key in
// PYX_API_KEY is exchanged for, or the one of uv's login, refreshed when it is due. Its zero
// value is ready for use.
type Provider struct{}

var _ providers.Provider = Provider{}

// Token obtains a token for req.URL, which must be one that [profile.Settings.Serves]; pyx knows
// no usernames.
//
// A token that uv keeps is returned without a request if it is good until
// req.GoodUntil and is not req.Previous. Otherwise one is obtained under uv's own lock, and
// written where uv looks for it.
func (Provider) Token(ctx context.Context, req providers.Request) (*providers.Token, error) {
	settings, err := profile.Read(os.Getenv)
	if err != nil {
		return nil, loginRequired(err.Error(), "")
	}
	if !settings.Serves(req.URL) {
		return nil, notFound(req.URL.String() + " is neither at " + settings.Origin() + " nor below " + settings.CDN)
	}
	if req.Username != "" {
		return nil, notFound(req.URL.String() + ": pyx knows no usernames")
	}
	if err := req.Options.Decode(new(profile.Options)); err != nil {
		return nil, loginRequired("options of the provider pyx: "+err.Error(), "")
	}
	if !settings.Token.IsZero() {
		return given(settings)
	}
	directory, err := settings.Directory(os.Getenv)
	if err != nil {
		return nil, loginRequired(err.Error(), "")
	}
	s := source{settings: settings, directory: directory, issuer: newIssuer(settings.Origin()), req: req}
	if !settings.Key.IsZero() {
		return s.fromKey(ctx)
	}
	return s.fromLogin(ctx)
}

// given returns the token in the environment, as it is.
func given(settings profile.Settings) (*providers.Token, error) {
	value := settings.Token.Reveal()
	if !sendable(value) {
		return nil, loginRequired("the token in "+settings.TokenVariable+" has characters that no header can carry",
			"unset "+settings.TokenVariable+" && "+loginCommand)
	}
	token := newToken(value)
	if !token.Expires.IsZero() && !token.Expires.After(time.Now()) {
		return nil, loginRequired("the token in "+settings.TokenVariable+" expired at "+
			token.Expires.Format(time.RFC3339), "unset "+settings.TokenVariable+" && "+loginCommand)
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
	issued, expires := times(access)
	return &providers.Token{
		Value: providers.NewSecret(access), Scheme: providers.Bearer, Issued: issued, Expires: expires,
	}
}

func notFound(message string) error {
	return &providers.Error{Kind: providers.ErrNotFound, Message: message}
}

// loginRequired is the error where only a person can help; repair is the command that does,
// or "".
func loginRequired(message, repair string) error {
	return &providers.Error{Kind: providers.ErrLoginRequired, Message: message, Repair: repair}
}

func unavailable(message string) error {
	return &providers.Error{Kind: providers.ErrUnavailable, Message: message}
}
