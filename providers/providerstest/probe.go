package providerstest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/sesame-auth/sesame/providers"
)

// Limits of the suite. They are far from what any provider needs, so that a loaded
// machine does not make a good one fail.
const (
	askTime  = time.Minute      // for an answer
	patience = 10 * time.Second // for a return, once the context has ended

	maxValue     = 64 << 10 // bytes, as the contract says
	maxErrorText = 2 << 10
)

// A probe asks the provider and checks what is true of every answer.
type probe struct {
	reporter
	Case
	mu      sync.Mutex
	secrets []string
}

func newProbe(r reporter, c Case) *probe {
	return &probe{reporter: r, Case: c, secrets: slices.Clone(c.Secrets)}
}

// ask calls Token and checks the answer's form. It returns nil, nil after it has reported an
// answer that is of no use to a rule.
func (p *probe) ask(ctx context.Context, req providers.Request) (*providers.Token, error) {
	p.Helper()
	got, ok := run(ctx, p, "Token", req, p.Provider.Token)
	if !ok || got.err != nil {
		return nil, got.err
	}
	return p.checkToken(got.value), nil
}

// An answer is what a method returned.
type answer[T any] struct {
	value T
	err   error
}

// run calls a method and checks what is true of every call; not ok after it has reported that the
// method does not return.
func run[T any](
	ctx context.Context, p *probe, method string, req providers.Request,
	call func(context.Context, providers.Request) (T, error),
) (a answer[T], ok bool) {
	p.Helper()
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	before := clone(req)
	a, returned := bounded(ctx, p, method, func() (T, error) { return call(ctx, req) })
	switch {
	case !returned:
		p.Errorf("%s does not return when its context ends: the tool that waits for it is killed. "+
			"Pass ctx on to whatever it waits for", method)
		return a, false
	case !reflect.DeepEqual(before, req):
		p.Errorf("%s changes its request: Options and Previous belong to the core. Work on a copy", method)
	}
	if a.err != nil {
		p.checkError(a.err)
	}
	return a, true
}

// bounded bounds a call, even of a method that ignores its context.
func bounded[T any](ctx context.Context, p *probe, method string, call func() (T, error)) (a answer[T], returned bool) {
	done := make(chan answer[T], 1)
	go func() {
		a := answer[T]{err: providers.ErrUnavailable}
		defer func() {
			if v := recover(); v != nil {
				p.Errorf("%s panics: %s", method, p.redact(fmt.Sprint(v)))
			}
			done <- a
		}()
		a.value, a.err = call()
	}()
	select {
	case a = <-done:
		return a, true
	case <-ctx.Done():
	}
	select {
	case a = <-done:
		return a, true
	case <-time.After(patience):
		return answer[T]{}, false
	}
}

func clone(req providers.Request) providers.Request {
	req.Options = slices.Clone(req.Options)
	for i := range req.Options {
		req.Options[i].Values = slices.Clone(req.Options[i].Values)
	}
	if req.Previous != nil {
		previous := *req.Previous
		req.Previous = &previous
	}
	return req
}

// checkToken returns nil if there is no token.
func (p *probe) checkToken(token *providers.Token) *providers.Token {
	p.Helper()
	if token == nil {
		p.Errorf("Token returns neither a token nor an error. Return a *providers.Error of the kind ErrNotFound " +
			"where there is nothing")
		return nil
	}
	value := token.Value.Reveal()
	p.addSecrets(value, token.State.Reveal())
	switch {
	case value == "" && !(p.Keeps && token.Scheme == providers.Basic):
		p.Errorf("the token is empty. Return a *providers.Error of the kind ErrNotFound where there is none")
	case len(value) > maxValue:
		p.Errorf("the token has %d bytes, over the limit of %d: no header carries it", len(value), maxValue)
	case strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f }):
		p.Errorf("the token has a control character, which no header and no line carries. " +
			"Trim the line end of what was read from a file or a command")
	case token.Scheme != providers.Basic && strings.ContainsFunc(value, func(r rune) bool { return r <= ' ' || r > '~' }):
		p.Errorf("the token has characters other than visible ASCII, which no header carries as they are. " +
			"Only the scheme Basic may have them")
	}
	if strings.ContainsFunc(token.Username, func(r rune) bool { return r < ' ' || r == ':' || r == 0x7f }) {
		p.Errorf("the username has a control character or a colon, which Basic cannot carry (RFC 7617, section 2)")
	}
	if !token.Expires.IsZero() && !token.Expires.After(time.Now()) {
		p.Errorf("the token expired at %s, before it was returned: the core hands out no such token. "+
			"Obtain another, or leave Expires zero where it is unknown", token.Expires.Format(time.RFC3339))
	}
	if !token.Expires.IsZero() && token.Issued.After(token.Expires) {
		p.Errorf("the token is issued after it expires. Leave Issued zero where it is unknown")
	}
	return token
}

func (p *probe) checkError(err error) {
	p.Helper()
	text := err.Error()
	if !errors.Is(err, providers.ErrNotFound) && !errors.Is(err, providers.ErrLoginRequired) &&
		!errors.Is(err, providers.ErrUnavailable) {
		p.Errorf("the error %q is of no kind, so nobody knows what to do about it. Return a *providers.Error "+
			"of the kind ErrNotFound, ErrLoginRequired or ErrUnavailable", p.redact(text))
	}
	if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) || len(text) > maxErrorText {
		p.Errorf("the error %q is not one short line, as a terminal and a log want it", p.redact(text))
	}
	if e, ok := errors.AsType[*providers.Error](err); ok {
		text += " " + e.Repair
	}
	if p.redact(text) != text {
		p.Errorf("the error %q holds a secret where it says %s: errors end in logs", p.redact(text), mark)
	}
}

func (p *probe) addSecrets(texts ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.secrets = append(p.secrets, texts...)
}

// mark stands for a secret in what the suite prints.
const mark = "[SECRET]"

// redact leaves a secret of three characters or fewer alone: it would be found in any text.
func (p *probe) redact(text string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, secret := range p.secrets {
		if len(secret) > 3 {
			text = strings.ReplaceAll(text, secret, mark)
		}
	}
	return text
}
