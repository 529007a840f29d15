package providerstest

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/providers"
)

// keeperCase is a case of a Keeper that has a token already.
func keeperCase(t *testing.T, k providers.Keeper) Case {
	req := providers.Request{URL: providers.URL{Scheme: "https", Host: "known.example"}}
	if err := k.Keep(t.Context(), req, password("ann", "swordfish")); err != nil {
		t.Fatal(err)
	}
	return Case{
		Provider: k, Request: req, Unknown: providers.URL{Scheme: "https", Host: "unknown.example"}, Single: true, Keeps: true,
		Failing: []providers.Request{{URL: providers.URL{Scheme: "https", Host: "unknown.example"}}},
	}
}

func TestSuiteAcceptsAGoodKeeper(t *testing.T) {
	Run(t, func(t *testing.T) Case { return keeperCase(t, new(Memory)) })
}

// bent is a Memory with one fault: what is not nil stands for its method.
type bent struct {
	Memory
	token func(*Memory, providers.Request) (*providers.Token, error)
	keep  func(*Memory, providers.Request, *providers.Token) error
	drop  func(*Memory, providers.Request, providers.Secret) error
	kept  func(*Memory, providers.Request) ([]providers.Account, error)
}

func (b *bent) Token(ctx context.Context, req providers.Request) (*providers.Token, error) {
	if b.token != nil {
		return b.token(&b.Memory, req)
	}
	return b.Memory.Token(ctx, req)
}

func (b *bent) Keep(ctx context.Context, req providers.Request, t *providers.Token) error {
	if b.keep != nil {
		return b.keep(&b.Memory, req, t)
	}
	return b.Memory.Keep(ctx, req, t)
}

func (b *bent) Drop(ctx context.Context, req providers.Request, value providers.Secret) error {
	if b.drop != nil {
		return b.drop(&b.Memory, req, value)
	}
	return b.Memory.Drop(ctx, req, value)
}

func (b *bent) Kept(ctx context.Context, req providers.Request) ([]providers.Account, error) {
	if b.kept != nil {
		return b.kept(&b.Memory, req)
	}
	return b.Memory.Kept(ctx, req)
}

// always is the context of a fault.
var always = context.Background()

// keepsAs is a Keeper that keeps another token than it was handed.
func keepsAs(change func(*providers.Token)) *bent {
	return &bent{keep: func(m *Memory, req providers.Request, t *providers.Token) error {
		other := *t
		change(&other)
		return m.Keep(always, req, &other)
	}}
}

// at is a Keeper that takes one URL for another, in whatever it does.
func at(change func(*providers.URL)) *bent {
	taken := func(req providers.Request) providers.Request {
		change(&req.URL)
		return req
	}
	return &bent{
		token: func(m *Memory, req providers.Request) (*providers.Token, error) { return m.Token(always, taken(req)) },
		keep: func(m *Memory, req providers.Request, t *providers.Token) error {
			return m.Keep(always, taken(req), t)
		},
		drop: func(m *Memory, req providers.Request, value providers.Secret) error {
			return m.Drop(always, taken(req), value)
		},
	}
}

// listsAs is a Keeper that lists other accounts than it has.
func listsAs(change func([]providers.Account) []providers.Account) *bent {
	return &bent{kept: func(m *Memory, req providers.Request) ([]providers.Account, error) {
		accounts, err := m.Kept(always, req)
		return change(accounts), err
	}}
}

func refusal(message string) error {
	return &providers.Error{Kind: providers.ErrUnavailable, Message: message}
}

// badKeepers break the rules for what keeps tokens.
func badKeepers() []badProvider {
	return slices.Concat(badAtKeeping(), badAtURLs(), badAtDropping(), badAtListing())
}

func keeperRule(rule string, rows ...badProvider) []badProvider {
	for i := range rows {
		rows[i].rule = rule
		rows[i].adjust = func(c *Case) { c.Keeps, c.Request.Options = true, nil }
	}
	return rows
}

func badAtKeeping() []badProvider {
	return slices.Concat(keeperRule("gives back what it keeps as it was",
		badProvider{name: "is no Keeper", want: "is no providers.Keeper", provider: fake(good)},
		badProvider{name: "loses the username", want: `is one of "", want "ann"`,
			provider: &bent{token: func(m *Memory, req providers.Request) (*providers.Token, error) {
				t, err := m.Token(always, req)
				if err == nil {
					t.Username = ""
				}
				return t, err
			}}},
		badProvider{name: "trims the value", want: "another value",
			provider: keepsAs(func(t *providers.Token) { t.Value = providers.NewSecret(strings.TrimSpace(t.Value.Reveal())) })},
		badProvider{name: "quotes the value", want: "another value",
			provider: keepsAs(func(t *providers.Token) {
				t.Value = providers.NewSecret(strings.ReplaceAll(t.Value.Reveal(), `"`, `\"`))
			})},
		badProvider{name: "cuts the value", want: "another value",
			provider: keepsAs(func(t *providers.Token) {
				value := t.Value.Reveal()
				t.Value = providers.NewSecret(value[:min(len(value), 1024)])
			})},
		badProvider{name: "loses the scheme", want: `has the scheme "Basic", want "Bearer"`,
			provider: keepsAs(func(t *providers.Token) { t.Scheme = providers.Basic })},
		badProvider{name: "loses the expiry", want: "expires at",
			provider: keepsAs(func(t *providers.Token) { t.Expires = time.Time{} })},
		badProvider{name: "invents an expiry", want: "expires at",
			provider: keepsAs(func(t *providers.Token) { t.Expires = time.Now().Add(time.Hour) })},
		badProvider{name: "a second late", want: "expires at",
			provider: keepsAs(func(t *providers.Token) {
				if !t.Expires.IsZero() {
					t.Expires = t.Expires.Add(time.Second)
				}
			})},
		badProvider{name: "loses the state", want: "another State",
			provider: keepsAs(func(t *providers.Token) { t.State = providers.Secret{} })},
		badProvider{name: "refuses an empty username", want: `the account "" is not kept: no username`,
			provider: &bent{keep: func(m *Memory, req providers.Request, t *providers.Token) error {
				if t.Username == "" {
					return refusal("no username")
				}
				return m.Keep(always, req, t)
			}}},
		badProvider{name: "refuses an empty value", want: `the account "no value" is not kept: no password`,
			provider: &bent{keep: func(m *Memory, req providers.Request, t *providers.Token) error {
				if t.Value.IsZero() {
					return refusal("no password")
				}
				return m.Keep(always, req, t)
			}}},
		badProvider{name: "shows the value in an error", want: "holds a secret",
			provider: &bent{keep: func(_ *Memory, _ providers.Request, t *providers.Token) error {
				return refusal("cannot keep " + t.Value.Reveal())
			}}},
		badProvider{name: "an error of no kind", want: "of no kind",
			provider: &bent{keep: func(*Memory, providers.Request, *providers.Token) error { return context.Canceled }}},
		badProvider{name: "changes the token", want: "changes the token",
			provider: &bent{keep: func(m *Memory, req providers.Request, t *providers.Token) error {
				defer func() { t.Scheme = "" }()
				return m.Keep(always, req, t)
			}}},
		badProvider{name: "hangs", want: "Keep does not return",
			provider: &bent{keep: func(*Memory, providers.Request, *providers.Token) error {
				time.Sleep(time.Hour)
				return nil
			}}},
		badProvider{name: "panics", want: "Keep panics",
			provider: &bent{keep: func(*Memory, providers.Request, *providers.Token) error { panic("oh") }}},
		badProvider{name: "serves nothing below the host", want: "/v2/team/app",
			provider: &bent{token: func(m *Memory, req providers.Request) (*providers.Token, error) {
				if req.URL.Path != "" {
					return nil, providers.ErrNotFound
				}
				return m.Token(always, req)
			}}},
	), keeperRule("keeps one token for each account",
		badProvider{name: "one account at a time", want: `no token for https://kept.example and the account "ann"`,
			provider: &bent{keep: func(m *Memory, req providers.Request, t *providers.Token) error {
				_ = m.Drop(always, req, providers.Secret{})
				return m.Keep(always, req, t)
			}}},
		badProvider{name: "the first where none is named", want: "the latest counts",
			provider: &bent{token: func(m *Memory, req providers.Request) (*providers.Token, error) {
				if req.Username == "" {
					req.Username = "ann"
				}
				return m.Token(always, req)
			}}},
		badProvider{name: "any account", want: `want ErrNotFound`,
			provider: &bent{token: func(m *Memory, req providers.Request) (*providers.Token, error) {
				if req.Username == "carol" {
					req.Username = ""
				}
				return m.Token(always, req)
			}}},
		badProvider{name: "keeps the first for ever", want: "another value",
			provider: &bent{keep: func(m *Memory, req providers.Request, t *providers.Token) error {
				for _, k := range m.kept {
					if k.url == req.URL && k.Username == t.Username {
						return nil
					}
				}
				return m.Keep(always, req, t)
			}}},
		badProvider{name: "piles up", want: "is listed 2 times",
			provider: &bent{keep: func(m *Memory, req providers.Request, t *providers.Token) error {
				m.kept = append(m.kept, keptToken{Token: *t, url: req.URL})
				return nil
			}}},
	))
}
