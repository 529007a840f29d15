package providerstest

import (
	"context"
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
func caseOf(p providers.Provider) Case {
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
	Run(t, func(*testing.T) Case { return caseOf(fake(good)) })
}

// A badProvider breaks one rule.
type badProvider struct {
	rule, name string
	provider   providers.Provider
	adjust     func(*Case) // may be nil
	want       string      // in what the rule reports
}

// A rule that cannot fail proves nothing about any provider.
func TestEveryRuleFindsItsBadProvider(t *testing.T) {
	tests := slices.Concat(badTokens(), badKeepers(), badLogins())
	tested := map[string]bool{}
	for _, test := range tests {
		tested[test.rule] = true
		t.Run(test.rule+"/"+test.name, func(t *testing.T) {
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
