package host

import (
	"context"
	"errors"
	"path/filepath"
	"strings"

	"google.golang.org/grpc/codes"

	"github.com/sesame-auth/sesame/plugins/internal/wire"
	"github.com/sesame-auth/sesame/providers"
)

// Token asks the plugin. An error has a *[providers.Error]; where the plugin ended
// instead of answering, it holds the last 2 KB of its stderr, and the error's method InDoubt
// returns true. No secret of the request or the environment is in it, whatever the plugin wrote.
func (p *Provider) Token(ctx context.Context, req providers.Request) (*providers.Token, error) {
	p.hideRequest(req)
	token, err := p.wire.Token(ctx, req)
	if err != nil {
		return nil, p.failure(ctx, err)
	}
	p.hide(token)
	return token, nil
}

// hideRequest makes the secrets of a request known to the filters.
func (p *Provider) hideRequest(req providers.Request) {
	p.hide(req.Previous)
	for _, option := range req.Options {
		// Its text may be a secret. An answer that shows one does so on purpose.
		if option.Kind == providers.StringOption || option.Kind == providers.ListOption {
			p.output.add(option.Values...)
		}
	}
}

// hide makes the secrets of a token known to the filters.
func (p *Provider) hide(token *providers.Token) {
	if token != nil {
		p.hideSecrets(token.Value, token.State)
	}
}

func (p *Provider) hideSecrets(secrets ...providers.Secret) {
	for _, secret := range secrets {
		p.filter.add(secret.Reveal())
		p.output.add(secret.Reveal())
	}
}

// failure returns the error of a call that failed with err: the provider's own, fit to be shown, or
// what happened to the plugin.
func (p *Provider) failure(ctx context.Context, err error) error {
	if e, ok := errors.AsType[*providers.Error](err); ok {
		e.Message, e.Repair = p.filter.clean(e.Message), p.filter.clean(e.Repair)
		return e
	}
	return &lostError{p.fail(p.process.explainCall(ctx, err))}
}

// A lostError is the error of a call that the plugin did not answer.
type lostError struct{ error } // a *providers.Error

// Unwrap returns the error.
func (e *lostError) Unwrap() error { return e.error }

// InDoubt returns true: what the plugin had sent by then may have had its effect, and a refresh token that is
// good for one use may be spent.
func (e *lostError) InDoubt() bool { return true }

// fail returns the error of this plugin for err, free of secrets and control characters.
func (p *Provider) fail(err error) error {
	return p.failAs(providers.ErrUnavailable, err)
}

func (p *Provider) failAs(kind, err error) error {
	e := &providers.Error{Kind: kind}
	if repair, ok := errors.AsType[*repairError](err); ok {
		e.Repair = repair.command
	}
	path, text := filepath.Clean(p.plugin.Path), err.Error()
	for _, again := range []string{path + " ", "cannot look at " + path + ": "} {
		text = strings.TrimPrefix(text, again) // the path is said once
	}
	e.Message = p.filter.clean("plugin " + p.plugin.Name + ": " + path + ": " + text)
	return e
}

// A lackError is the error of a call that the plugin's provider does not have.
type lackError struct {
	error       // a *providers.Error, with the message
	lack  error // ErrNotKeeper or ErrNoLogin
}

// Unwrap returns both errors.
func (e *lackError) Unwrap() []error { return []error{e.error, e.lack} }

// optional returns the error of a call that not every provider has.
func (p *Provider) optional(ctx context.Context, lack, err error) error {
	if call, ok := errors.AsType[*wire.CallError](err); ok && call.Code == codes.Unimplemented {
		return &lackError{error: p.failAs(providers.ErrLoginRequired, lack), lack: lack}
	}
	return p.failure(ctx, err)
}
