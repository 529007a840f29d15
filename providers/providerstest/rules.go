package providerstest

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/sesame-auth/sesame/providers"
)

// first asks for the case's token; nil after it has reported that there is none.
func (p *probe) first() *providers.Token {
	p.Helper()
	token, err := p.ask(p.Context(), p.Request)
	if err != nil {
		p.Errorf("no token for %s, which the case says there is: %s", p.Request.URL, p.redact(err.Error()))
	}
	return token
}

func answers(p *probe) {
	p.Helper()
	token := p.first()
	if token != nil && token.Username != "" && p.Request.Username != "" && token.Username != p.Request.Username {
		p.Errorf("asked for the account %q, the provider answers with one of %q. Return ErrNotFound instead",
			p.Request.Username, token.Username)
	}
}

// obtainsAnother demands what no token in hand fulfils: one that is valid for longer.
func obtainsAnother(p *probe) {
	p.Helper()
	previous := p.first()
	if previous == nil {
		return
	}
	req := p.Request
	req.Previous = previous
	if !previous.Expires.IsZero() {
		req.GoodUntil = previous.Expires.Add(time.Second)
	}
	next, err := p.ask(p.Context(), req)
	switch {
	case p.Single:
	case err != nil:
		p.Errorf("no second token: %s. If there is only one to be had, say so with Case.Single", p.redact(err.Error()))
	case next != nil && next.Value.Equal(previous.Value):
		p.Errorf("asked for another token, the provider returns Previous again: the core asks because that one will " +
			"not do any more. Obtain a new one; if there is only one to be had, say so with Case.Single")
	}
}

func knowsItsURLs(p *probe) {
	p.Helper()
	if p.Unknown == (providers.URL{}) {
		return // the case says that there is no such URL
	}
	req := p.Request
	req.URL = p.Unknown
	_, err := p.ask(p.Context(), req)
	if !errors.Is(err, providers.ErrNotFound) {
		p.Errorf("for %s, a URL that is none of its own, the provider returns the error %v: want ErrNotFound. "+
			"A token sent to the wrong host is stolen; any other error stops a tool that needs none", p.Unknown, err)
	}
}

func refusesUnknownOption(p *probe) {
	p.Helper()
	const name, value = "sesame_conformance", "sesame-value-of-an-option"
	req := p.Request
	req.Options = append(clone(p.Request).Options,
		providers.Option{Name: name, Kind: providers.StringOption, Values: []string{value}})
	p.addSecrets(value)
	_, err := p.ask(p.Context(), req)
	if err == nil {
		p.Errorf("the unknown option %q is ignored: nobody would notice a misspelt one. "+
			"Read the options with req.Options.Decode, which refuses it", name)
		return
	}
	known := []string{name}
	if p.Options != nil {
		known = append(known, providers.OptionNames(p.Options)...)
	}
	for _, want := range known {
		if !strings.Contains(err.Error(), want) {
			p.Errorf("the error for an unknown option does not name %q: want the option, and those that are known. "+
				"It is %q", want, p.redact(err.Error()))
		}
	}
}

func respectsUsername(p *probe) {
	p.Helper()
	const nobody = "sesame-nobody"
	req := p.Request
	req.Username = nobody
	token, _ := p.ask(p.Context(), req)
	if token != nil && token.Username != "" && token.Username != nobody {
		p.Errorf("asked for the account %q, the provider answers with one of %q. Return ErrNotFound instead",
			nobody, token.Username)
	}
}

func honoursCancel(p *probe) {
	p.Helper()
	ended, cancel := context.WithCancel(p.Context())
	cancel()
	p.ask(ended, p.Request)
	if p.Hang == nil {
		return
	}
	req := p.Request
	if req.Previous = p.first(); req.Previous == nil {
		return
	}
	req.GoodUntil = time.Now().Add(24 * time.Hour)
	p.Hang()
	ctx, cancel := context.WithTimeout(p.Context(), 100*time.Millisecond)
	defer cancel()
	token, err := p.ask(ctx, req)
	switch {
	case token != nil:
		p.Errorf("with an issuer that does not answer the provider returns a token all the same: " +
			"either Case.Hang does not make it hang, or the token is not a new one")
	case err != nil && !errors.Is(err, providers.ErrUnavailable):
		p.Errorf("an issuer that does not answer gives the error %q: want one of the kind ErrUnavailable, "+
			"since asking again later may succeed", p.redact(err.Error()))
	}
}

// isConcurrent finds what go test -race can see, and answers that get mixed up.
func isConcurrent(p *probe) {
	p.Helper()
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			if _, err := p.ask(p.Context(), p.Request); err != nil {
				p.Errorf("one of 16 calls at once fails: %s", p.redact(err.Error()))
			}
		})
	}
	group.Wait()
}

func failsByKind(p *probe) {
	p.Helper()
	for i, req := range p.Failing {
		if _, err := p.ask(p.Context(), req); err == nil {
			p.Errorf("Case.Failing[%d] does not fail", i)
		}
	}
}
