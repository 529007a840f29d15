package providerstest

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"time"

	"github.com/sesame-auth/sesame/providers"
)

// changed is a good provider whose tokens are changed before they are returned.
func changed(change func(*providers.Token)) fake {
	return func(ctx context.Context, req providers.Request) (*providers.Token, error) {
		token, err := good(ctx, req)
		if err == nil {
			change(token)
		}
		return token, err
	}
}

// failing is a good provider with another error.
func failing(err error) fake {
	return func(ctx context.Context, req providers.Request) (*providers.Token, error) {
		if token, failure := good(ctx, req); failure == nil {
			return token, nil
		}
		return nil, err
	}
}

// badTokens break the rules for every provider.
func badTokens() []badProvider {
	var calls atomic.Int64
	return []badProvider{
		{rule: "answers with a token", name: "no token and no error", want: "neither a token nor an error",
			provider: fake(func(context.Context, providers.Request) (*providers.Token, error) { return nil, nil })},
		{rule: "answers with a token", name: "error for its own URL", want: "which the case says there is",
			provider: fake(func(context.Context, providers.Request) (*providers.Token, error) { return nil, providers.ErrNotFound })},
		{rule: "answers with a token", name: "panic", want: "panics",
			provider: fake(func(context.Context, providers.Request) (*providers.Token, error) { panic("oh") })},
		{rule: "answers with a token", name: "empty", want: "is empty",
			provider: changed(func(t *providers.Token) { t.Value = providers.Secret{} })},
		{rule: "answers with a token", name: "line end", want: "Trim the line end",
			provider: changed(func(t *providers.Token) { t.Value = providers.NewSecret("secret\n") })},
		{rule: "answers with a token", name: "not ASCII", want: "visible ASCII",
			provider: changed(func(t *providers.Token) { t.Value = providers.NewSecret("sécret") })},
		{rule: "answers with a token", name: "too long", want: "over the limit",
			provider: changed(func(t *providers.Token) { t.Value = providers.NewSecret(strings.Repeat("x", maxValue+1)) })},
		{rule: "answers with a token", name: "username that Basic cannot carry", want: "colon",
			provider: changed(func(t *providers.Token) { t.Username = "a:b" })},
		{rule: "answers with a token", name: "past expiry", want: "before it was returned",
			provider: changed(func(t *providers.Token) { t.Issued, t.Expires = time.Time{}, time.Now() })},
		{rule: "answers with a token", name: "issued after it expires", want: "issued after",
			provider: changed(func(t *providers.Token) { t.Issued = t.Expires.Add(1) })},
		{rule: "answers with a token", name: "another account", want: `one of "bob"`,
			provider: changed(func(t *providers.Token) { t.Username = "bob" }),
			adjust:   func(c *Case) { c.Request.Username = "ann" }},
		{rule: "answers with a token", name: "changes its request", want: "changes its request",
			provider: fake(func(ctx context.Context, req providers.Request) (*providers.Token, error) {
				defer func() { req.Options[0].Values[0] = "y" }()
				return good(ctx, req)
			})},
		{rule: "obtains another token when the core asks for one", name: "previous again", want: "returns Previous again",
			provider: changed(func(t *providers.Token) { t.Value = providers.NewSecret("only-one") })},
		{rule: "obtains another token when the core asks for one", name: "no second token", want: "no second token",
			provider: fake(func(ctx context.Context, req providers.Request) (*providers.Token, error) {
				if req.Previous != nil {
					return nil, providers.ErrUnavailable
				}
				return good(ctx, req)
			})},
		{rule: "has nothing for an unknown URL", name: "token for any URL", want: "none of its own",
			provider: fake(func(ctx context.Context, req providers.Request) (*providers.Token, error) {
				req.URL.Host = "known.example"
				return good(ctx, req)
			})},
		{rule: "has nothing for an unknown URL", name: "wrong kind", want: "want ErrNotFound",
			provider: failing(providers.ErrLoginRequired)},
		{rule: "refuses an unknown option", name: "ignored", want: "is ignored",
			provider: fake(func(ctx context.Context, req providers.Request) (*providers.Token, error) {
				req.Options = nil
				return good(ctx, req)
			})},
		{rule: "refuses an unknown option", name: "does not name the known", want: `does not name "realm"`,
			provider: failing(&providers.Error{Kind: providers.ErrLoginRequired, Message: "option sesame_conformance?"})},
		{rule: "refuses an unknown option", name: "prints the value", want: "holds a secret",
			provider: failing(&providers.Error{Kind: providers.ErrLoginRequired,
				Message: "sesame_conformance = sesame-value-of-an-option: known is realm"})},
		{rule: "gives no account's token to another", name: "any account", want: `one of "ann"`,
			provider: fake(func(ctx context.Context, req providers.Request) (*providers.Token, error) {
				req.Username = ""
				return good(ctx, req)
			})},
		{rule: "returns when the context is cancelled", name: "ignores its context", want: "does not return",
			provider: fake(func(ctx context.Context, req providers.Request) (*providers.Token, error) {
				time.Sleep(time.Hour)
				return good(ctx, req)
			})},
		{rule: "returns when the context is cancelled", name: "an answer from an issuer that hangs", want: "not a new one",
			provider: fake(good), adjust: func(c *Case) { c.Hang = func() {} }},
		{rule: "returns when the context is cancelled", name: "wrong kind for an issuer that hangs", want: "ErrUnavailable",
			provider: fake(func(ctx context.Context, req providers.Request) (*providers.Token, error) {
				if req.Previous != nil {
					return nil, providers.ErrLoginRequired
				}
				return good(ctx, req)
			}),
			adjust: func(c *Case) { c.Hang = func() {} }},
		{rule: "may be called from several goroutines", name: "one at a time", want: "calls at once fails",
			provider: fake(func(ctx context.Context, req providers.Request) (*providers.Token, error) {
				if calls.Add(1) > 1 {
					return nil, providers.ErrUnavailable
				}
				return good(ctx, req)
			})},
		{rule: "fails as the contract says", name: "no failure", want: "does not fail",
			provider: fake(good), adjust: func(c *Case) { c.Failing = []providers.Request{c.Request} }},
		{rule: "fails as the contract says", name: "an error of no kind", want: "of no kind",
			provider: failing(errors.New("oh"))},
		{rule: "fails as the contract says", name: "two lines", want: "one short line",
			provider: failing(&providers.Error{Kind: providers.ErrNotFound, Message: "a\nb"})},
		{rule: "fails as the contract says", name: "a secret in the text", want: "holds a secret",
			provider: failing(&providers.Error{Kind: providers.ErrNotFound, Message: "tried swordfish"})},
		{rule: "fails as the contract says", name: "a secret in the repair", want: "holds a secret",
			provider: failing(&providers.Error{Kind: providers.ErrNotFound, Repair: "login swordfish"})},
	}
}
