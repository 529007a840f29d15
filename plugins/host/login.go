package host

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/sesame-auth/sesame/providers"
)

// ErrNoLogin is matched by the error of Login and Logout where the plugin's provider is no
// [providers.LoginProvider], or the plugin was built before there was one. The error is a *[providers.Error]
// with a message for people, of kind [providers.ErrLoginRequired]: asking again does not help.
var ErrNoLogin = errors.New("it has no login of its own: if its tokens need one, its documentation says where to log in")

// Limits of a login. A step every half second for eight minutes is within them.
const (
	maxSteps   = 1000
	maxOpen    = 8 << 10 // bytes; a page whose URL is cut would be another
	maxCode    = 128     // bytes
	maxMessage = 1 << 10 // bytes; what is over it is cut off
)

var _ providers.LoginProvider = (*Provider)(nil)

// Login has the plugin log a person in, until ctx ends. It calls show in the order of the steps, from the
// caller's goroutine; their texts are fit for a terminal, and the pages safe to be handed to a browser.
//
// An error is as that of Token, or matches [ErrNoLogin]. A plugin that shows more than 1000 steps,
// or a page that is neither https nor http on loopback, ends its login.
func (p *Provider) Login(ctx context.Context, req providers.Request, show func(providers.Step)) (*providers.Token, error) {
	p.hideRequest(req)
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	steps := &screen{check: p.checkStep, show: show, end: cancel}
	token, err := p.wire.Login(inner, req, steps.add)
	switch {
	case steps.refused != nil:
		return nil, p.fail(steps.refused)
	case err != nil:
		return nil, p.loginFailure(ctx, err)
	}
	p.hide(token)
	return token, nil
}

// A screen shows the steps of one login, up to the first that is refused.
type screen struct {
	check   func(providers.Step) (providers.Step, error)
	show    func(providers.Step)
	end     func() // the login
	steps   int
	refused error
}

// add shows a step. After one that was refused there may be others, sent before the plugin learned of it.
func (s *screen) add(step providers.Step) {
	if s.refused != nil {
		return
	}
	if s.steps++; s.steps > maxSteps {
		s.refused = fmt.Errorf("its login shows more than %d steps", maxSteps)
	} else {
		step, s.refused = s.check(step)
	}
	if s.refused != nil {
		s.end()
		return
	}
	s.show(step)
}

// loginFailure is failure for a login: that its time is over is the person's doing, not the plugin's.
func (p *Provider) loginFailure(ctx context.Context, err error) error {
	late := overdue(ctx, err)
	if _, own := errors.AsType[*providers.Error](err); !own && late != nil {
		return p.fail(p.process.withTail(fmt.Errorf("the login was not finished: %w", late)))
	}
	return p.optional(ctx, ErrNoLogin, err)
}

// Logout has the plugin log out. An error is as that of Token, or matches [ErrNoLogin].
func (p *Provider) Logout(ctx context.Context, req providers.Request) error {
	p.hideRequest(req)
	if err := p.wire.Logout(ctx, req); err != nil {
		return p.optional(ctx, ErrNoLogin, err)
	}
	return nil
}

// checkStep returns the step as it can be shown. A page and a code are the person's to see, so that
// they are shown as they are or not at all.
func (p *Provider) checkStep(step providers.Step) (providers.Step, error) {
	if step.Open != "" {
		if err := checkOpen(step.Open); err != nil {
			return providers.Step{}, err
		}
	}
	if len(step.Code) > maxCode {
		return providers.Step{}, fmt.Errorf("its login shows a code of more than %d bytes", maxCode)
	}
	step.Code = escape(step.Code)
	step.Message = cut(p.filter.clean(step.Message), maxMessage)
	return step, nil
}

// checkOpen refuses what a browser must not be handed: another scheme may start any program, a userinfo makes
// one host look like another, and a character that no URL has (RFC 3986, section 2) may mean something to
// whatever opens it.
func checkOpen(text string) error {
	if len(text) > maxOpen {
		return fmt.Errorf("its login shows a page whose URL has more than %d bytes", maxOpen)
	}
	u, err := providers.ParseURL(text)
	standard, standardErr := url.Parse(text)
	foreign := func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("\"<>\\^`{|}", r) }
	switch {
	case err != nil || standardErr != nil || u.Host == "" || strings.ContainsFunc(text, foreign):
		return errors.New("its login shows a page that is no URL") // which may hold a secret
	case standard.User != nil:
		return fmt.Errorf("its login shows a page with a username, on the host %s", u.Host)
	case u.Scheme != "https" && (u.Scheme != "http" || !u.IsLoopback()):
		return fmt.Errorf("its login shows the page %s: want https, or http on loopback", u)
	}
	return nil
}

// cut returns the first n bytes of text, or as much of them as is whole characters.
func cut(text string, n int) string {
	if len(text) <= n {
		return text
	}
	return strings.ToValidUTF8(text[:n], "")
}
