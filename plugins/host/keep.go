package host

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/sesame-auth/sesame/providers"
)

// ErrNotKeeper is matched by the error of Keep, Drop and Kept where the plugin's provider is no
// [providers.Keeper], or the plugin was built before there was one. The error is a *[providers.Error]
// with a message for people, of kind [providers.ErrLoginRequired]: asking again does not help.
var ErrNotKeeper = errors.New(`it keeps no tokens: take "keeps" out of its table of the configuration, ` +
	"or install a release of it that does")

var _ providers.Keeper = (*Provider)(nil)

// Keep hands a token to the plugin. An error is as that of Token, or matches [ErrNotKeeper];
// nothing of the token is in it.
func (p *Provider) Keep(ctx context.Context, req providers.Request, t *providers.Token) error {
	p.hideRequest(req)
	p.hide(t)
	if err := p.wire.Keep(ctx, req, t); err != nil {
		return p.optional(ctx, ErrNotKeeper, err)
	}
	return nil
}

// Drop has the plugin drop what it keeps. An error is as that of Keep.
func (p *Provider) Drop(ctx context.Context, req providers.Request, value providers.Secret) error {
	p.hideRequest(req)
	p.hideSecrets(value)
	if err := p.wire.Drop(ctx, req, value); err != nil {
		return p.optional(ctx, ErrNotKeeper, err)
	}
	return nil
}

// Kept asks the plugin for the accounts. An error is as that of Keep; it is one if a host or a username has a
// control character, which no tool could have handed in.
func (p *Provider) Kept(ctx context.Context, req providers.Request) ([]providers.Account, error) {
	p.hideRequest(req)
	accounts, err := p.wire.Kept(ctx, req)
	if err != nil {
		return nil, p.optional(ctx, ErrNotKeeper, err)
	}
	for _, account := range accounts {
		if strings.ContainsFunc(account.Host+account.Username, unicode.IsControl) {
			return nil, p.fail(fmt.Errorf("it lists the account %q of %q, which has a control character",
				account.Username, account.Host))
		}
	}
	return accounts, nil
}
