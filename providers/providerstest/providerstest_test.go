package providerstest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sesame-auth/sesame/providers"
)

// A recorder stands for *testing.T, so that a rule can be seen to fail.
type recorder struct {
	ctx      context.Context
	mu       sync.Mutex
	messages []string
}

func (r *recorder) Helper()                  {}
func (r *recorder) Context() context.Context { return r.ctx }
func (r *recorder) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.messages = append(r.messages, fmt.Sprintf(format, args...))
}

// A fake is a provider made of one function.
type fake func(ctx context.Context, req providers.Request) (*providers.Token, error)

func (f fake) Token(ctx context.Context, req providers.Request) (*providers.Token, error) {
	return f(ctx, req)
}

type fakeOptions struct {
	Realm string `option:"realm"`
}

var minted atomic.Int64

// good keeps every rule.
func good(ctx context.Context, req providers.Request) (*providers.Token, error) {
	var options fakeOptions
	if err := req.Options.Decode(&options); err != nil {
		return nil, &providers.Error{Kind: providers.ErrLoginRequired, Message: err.Error()}
	}
	if req.URL.Host != "known.example" || req.Username != "" && req.Username != "ann" {
		return nil, providers.ErrNotFound
	}
	if ctx.Err() != nil {
		return nil, &providers.Error{Kind: providers.ErrUnavailable, Message: "cancelled"}
	}
	return &providers.Token{
		Username: "ann",
		Value:    providers.NewSecret(fmt.Sprint("secret-", minted.Add(1))),
		State:    providers.NewSecret("state"),
		Issued:   time.Now(),
		Expires:  time.Now().Add(time.Hour),
	}, nil
}

// caseOf is what the suite is told of a fake.
func caseOf(p fake) Case {
	return Case{
		Provider: p,
		Request: providers.Request{
			URL:     providers.URL{Scheme: "https", Host: "known.example"},
			Options: providers.Options{{Name: "realm", Kind: providers.StringOption, Values: []string{"x"}}},
		},
		Unknown: providers.URL{Scheme: "https", Host: "unknown.example"},
		Options: new(fakeOptions),
		Failing: []providers.Request{{URL: providers.URL{Scheme: "https", Host: "unknown.example"}}},
		Secrets: []string{"swordfish"},
	}
}

func TestSuiteAcceptsAGoodProvider(t *testing.T) {
	Run(t, func(*testing.T) Case { return caseOf(good) })
}

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

// A rule that cannot fail proves nothing about any provider.
func TestEveryRuleFindsItsBadProvider(t *testing.T) {
	var calls atomic.Int64
	tests := []struct {
		rule, name string
		provider   fake
		adjust     func(*Case)
		want       string
	}{
		{rule: "answers with a token", name: "no token and no error", want: "neither a token nor an error",
			provider: func(context.Context, providers.Request) (*providers.Token, error) { return nil, nil }},
		{rule: "answers with a token", name: "error for its own URL", want: "which the case says there is",
			provider: func(context.Context, providers.Request) (*providers.Token, error) { return nil, providers.ErrNotFound }},
		{rule: "answers with a token", name: "panic", want: "panics",
			provider: func(context.Context, providers.Request) (*providers.Token, error) { panic("oh") }},
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
			provider: func(ctx context.Context, req providers.Request) (*providers.Token, error) {
				defer func() { req.Options[0].Values[0] = "y" }()
				return good(ctx, req)
			}},
		{rule: "obtains another token when the core asks for one", name: "previous again", want: "returns Previous again",
			provider: changed(func(t *providers.Token) { t.Value = providers.NewSecret("only-one") })},
		{rule: "obtains another token when the core asks for one", name: "no second token", want: "no second token",
			provider: func(ctx context.Context, req providers.Request) (*providers.Token, error) {
				if req.Previous != nil {
					return nil, providers.ErrUnavailable
				}
				return good(ctx, req)
			}},
		{rule: "has nothing for an unknown URL", name: "token for any URL", want: "none of its own",
			provider: func(ctx context.Context, req providers.Request) (*providers.Token, error) {
				req.URL.Host = "known.example"
				return good(ctx, req)
			}},
		{rule: "has nothing for an unknown URL", name: "wrong kind", want: "want ErrNotFound",
			provider: failing(providers.ErrLoginRequired)},
		{rule: "refuses an unknown option", name: "ignored", want: "is ignored",
			provider: func(ctx context.Context, req providers.Request) (*providers.Token, error) {
				req.Options = nil
				return good(ctx, req)
			}},
		{rule: "refuses an unknown option", name: "does not name the known", want: `does not name "realm"`,
			provider: failing(&providers.Error{Kind: providers.ErrLoginRequired, Message: "option sesame_conformance?"})},
		{rule: "refuses an unknown option", name: "prints the value", want: "holds a secret",
			provider: failing(&providers.Error{Kind: providers.ErrLoginRequired,
				Message: "sesame_conformance = sesame-value-of-an-option: known is realm"})},
		{rule: "gives no account's token to another", name: "any account", want: `one of "ann"`,
			provider: func(ctx context.Context, req providers.Request) (*providers.Token, error) {
				req.Username = ""
				return good(ctx, req)
			}},
		{rule: "returns when the context is cancelled", name: "ignores its context", want: "does not return",
			provider: func(ctx context.Context, req providers.Request) (*providers.Token, error) {
				time.Sleep(time.Hour)
				return good(ctx, req)
			}},
		{rule: "returns when the context is cancelled", name: "an answer from an issuer that hangs", want: "not a new one",
			provider: good, adjust: func(c *Case) { c.Hang = func() {} }},
		{rule: "returns when the context is cancelled", name: "wrong kind for an issuer that hangs", want: "ErrUnavailable",
			provider: func(ctx context.Context, req providers.Request) (*providers.Token, error) {
				if req.Previous != nil {
					return nil, providers.ErrLoginRequired
				}
				return good(ctx, req)
			},
			adjust: func(c *Case) { c.Hang = func() {} }},
		{rule: "may be called from several goroutines", name: "one at a time", want: "calls at once fails",
			provider: func(ctx context.Context, req providers.Request) (*providers.Token, error) {
				if calls.Add(1) > 1 {
					return nil, providers.ErrUnavailable
				}
				return good(ctx, req)
			}},
		{rule: "fails as the contract says", name: "no failure", want: "does not fail",
			provider: good, adjust: func(c *Case) { c.Failing = []providers.Request{c.Request} }},
		{rule: "fails as the contract says", name: "an error of no kind", want: "of no kind",
			provider: failing(errors.New("oh"))},
		{rule: "fails as the contract says", name: "two lines", want: "one short line",
			provider: failing(&providers.Error{Kind: providers.ErrNotFound, Message: "a\nb"})},
		{rule: "fails as the contract says", name: "a secret in the text", want: "holds a secret",
			provider: failing(&providers.Error{Kind: providers.ErrNotFound, Message: "tried swordfish"})},
		{rule: "fails as the contract says", name: "a secret in the repair", want: "holds a secret",
			provider: failing(&providers.Error{Kind: providers.ErrNotFound, Repair: "login swordfish"})},
	}
	tested := map[string]bool{}
	for _, test := range tests {
		tested[test.rule] = true
		t.Run(test.rule+"/"+test.name, func(t *testing.T) {
			calls.Store(0)
			c := caseOf(test.provider)
			if test.adjust != nil {
				test.adjust(&c)
			}
			messages := apply(t, test.rule, c)
			if !strings.Contains(messages, test.want) {
				t.Errorf("the rule says %q, want a mention of %q", messages, test.want)
			}
			if strings.Contains(messages, "swordfish") {
				t.Errorf("the rule prints a secret: %q", messages)
			}
		})
	}
	for _, rule := range rules() {
		if !tested[rule.name] {
			t.Errorf("no bad provider for the rule %q", rule.name)
		}
	}
}

// apply returns what the rule reports. Waiting costs no time in the bubble.
func apply(t *testing.T, name string, c Case) (messages string) {
	i := slices.IndexFunc(rules(), func(r rule) bool { return r.name == name })
	if i < 0 {
		t.Fatalf("no rule %q", name)
	}
	synctest.Test(t, func(t *testing.T) {
		r := &recorder{ctx: t.Context()}
		rules()[i].check(newProbe(r, c))
		time.Sleep(2 * time.Hour) // until a call that was given up has returned
		r.mu.Lock()
		defer r.mu.Unlock()
		messages = strings.Join(r.messages, "\n")
	})
	return messages
}
