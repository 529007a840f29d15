package providerstest

import (
	"context"
	"strings"
	"time"
	"unicode"

	"github.com/sesame-auth/sesame/providers"
)

// loginProvider returns the provider as a LoginProvider; nil after it has reported that it is none.
func (p *probe) loginProvider() providers.LoginProvider {
	p.Helper()
	l, ok := p.Provider.(providers.LoginProvider)
	if !ok {
		p.Errorf("the case says that a person can log in to the provider, but it is no providers.LoginProvider: " +
			"a method is missing")
	}
	return l
}

// logsOutTwice sees to it that nobody is logged in at the second time.
func logsOutTwice(p *probe) {
	p.Helper()
	l := p.loginProvider()
	if l == nil {
		return
	}
	for range 2 {
		got, ok := run(p.Context(), p, "Logout", p.Request, func(ctx context.Context, req providers.Request) (bool, error) {
			return true, l.Logout(ctx, req)
		})
		if !ok {
			return
		}
		if got.err != nil {
			p.Errorf("Logout fails: %s. That nobody is logged in is no error", p.redact(got.err.Error()))
		}
	}
}

// honoursCancelledLogin begins logins that no person ends: one whose context has ended before, and
// one that is given up at its first step, or where it shows none after a while.
func honoursCancelledLogin(p *probe) {
	p.Helper()
	ended, cancel := context.WithCancel(p.Context())
	cancel()
	p.login(ended, func() {})
	ctx, giveUp := context.WithTimeout(p.Context(), time.Second)
	defer giveUp()
	p.login(ctx, giveUp)
}

func (p *probe) login(ctx context.Context, shown func()) {
	p.Helper()
	l := p.loginProvider()
	if l == nil {
		return
	}
	got, ok := run(ctx, p, "Login", p.Request, func(ctx context.Context, req providers.Request) (*providers.Token, error) {
		return l.Login(ctx, req, func(step providers.Step) {
			p.checkStep(step)
			shown()
		})
	})
	if ok && got.err == nil {
		p.Errorf("a login that nobody confirmed ends without an error. Return one when the context ends")
	}
}

// checkStep checks what is true of every step: that a terminal can show it, and a browser open it.
func (p *probe) checkStep(step providers.Step) {
	p.Helper()
	if strings.ContainsFunc(step.Open+step.Code+step.Message, unicode.IsControl) {
		p.Errorf("a step has a control character, which no terminal must be given. A step is one line")
	}
	if p.redact(step.Message) != step.Message {
		p.Errorf("the message of a step holds a secret where it says %s. Only the page and the code are for the person's "+
			"eyes", mark)
	}
	if step.Open == "" {
		return
	}
	u, err := providers.ParseURL(step.Open)
	if err != nil || u.Scheme != "https" && (u.Scheme != "http" || !u.IsLoopback()) {
		p.Errorf("a step opens a page that is neither https nor http on loopback: the host refuses it, and ends the login")
	}
}
