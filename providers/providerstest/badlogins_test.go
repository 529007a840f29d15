package providerstest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/providers"
)

// A loginFake is a provider with a login that nobody confirms.
type loginFake struct {
	fake
	login  func(ctx context.Context, show func(providers.Step)) (*providers.Token, error)
	logout func() error
}

func (l *loginFake) Login(ctx context.Context, _ providers.Request, show func(providers.Step)) (*providers.Token, error) {
	return l.login(ctx, show)
}

func (l *loginFake) Logout(context.Context, providers.Request) error { return l.logout() }

// unconfirmed shows a step and waits for ever.
func unconfirmed(step providers.Step) func(context.Context, func(providers.Step)) (*providers.Token, error) {
	return func(ctx context.Context, show func(providers.Step)) (*providers.Token, error) {
		show(step)
		<-ctx.Done()
		return nil, &providers.Error{Kind: providers.ErrUnavailable, Message: "nobody has confirmed the login"}
	}
}

func goodLogin() *loginFake {
	step := providers.Step{Open: "https://known.example/device", Code: "ABCD", Message: "waiting"}
	return &loginFake{fake: good, login: unconfirmed(step), logout: func() error { return nil }}
}

func TestSuiteAcceptsAGoodLogin(t *testing.T) {
	Run(t, func(*testing.T) Case {
		c := caseOf(goodLogin())
		c.LogsIn = true
		return c
	})
}

func TestSuiteAcceptsALoginThatShowsNothing(t *testing.T) {
	silent := goodLogin()
	silent.login = func(ctx context.Context, _ func(providers.Step)) (*providers.Token, error) {
		<-ctx.Done()
		return nil, providers.ErrUnavailable
	}
	if messages := apply(t, "returns when a login is cancelled", caseOf(silent)); messages != "" {
		t.Errorf("the rule says %q", messages)
	}
}

// badLogins break the rules for what a person can log in to.
func badLogins() []badProvider {
	showing := func(name, want string, step providers.Step) badProvider {
		p := goodLogin()
		p.login = unconfirmed(step)
		return badProvider{rule: "returns when a login is cancelled", name: name, want: want, provider: p}
	}
	ending := func(name, want string, login func(context.Context, func(providers.Step)) (*providers.Token, error)) badProvider {
		p := goodLogin()
		p.login = login
		return badProvider{rule: "returns when a login is cancelled", name: name, want: want, provider: p}
	}
	loggingOut := func(name, want string, logout func() error) badProvider {
		p := goodLogin()
		p.logout = logout
		return badProvider{rule: "logs out though nobody is logged in", name: name, want: want, provider: p}
	}
	loggedIn := true
	return []badProvider{
		{rule: "returns when a login is cancelled", name: "is no LoginProvider", want: "is no providers.LoginProvider", provider: fake(good)},
		{rule: "logs out though nobody is logged in", name: "is no LoginProvider", want: "is no providers.LoginProvider", provider: fake(good)},
		loggingOut("not twice", "Logout fails: nobody is logged in", func() error {
			if loggedIn {
				loggedIn = false
				return nil
			}
			return &providers.Error{Kind: providers.ErrLoginRequired, Message: "nobody is logged in"}
		}),
		loggingOut("an error of no kind", "of no kind", func() error { return errors.New("oh") }),
		loggingOut("hangs", "Logout does not return", func() error {
			time.Sleep(time.Hour)
			return nil
		}),
		ending("hangs", "Login does not return", func(context.Context, func(providers.Step)) (*providers.Token, error) {
			time.Sleep(time.Hour)
			return nil, providers.ErrUnavailable
		}),
		ending("a token for nobody", "that nobody confirmed", func(ctx context.Context, _ func(providers.Step)) (*providers.Token, error) {
			<-ctx.Done()
			return new(providers.Token), nil
		}),
		ending("panics", "Login panics", func(context.Context, func(providers.Step)) (*providers.Token, error) { panic("oh") }),
		showing("a program to open", "neither https nor http on loopback", providers.Step{Open: "file:///bin/sh"}),
		showing("a page that is not encrypted", "neither https nor http on loopback", providers.Step{Open: "http://known.example/"}),
		showing("two lines", "control character", providers.Step{Message: "open the page\nand wait"}),
		showing("a secret", "holds a secret", providers.Step{Message: "logging in with swordfish"}),
	}
}
