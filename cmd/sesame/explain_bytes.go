package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"strings"
	"time"

	"github.com/sesame-auth/sesame/cmd/internal/front"
	"github.com/sesame-auth/sesame/core"
	"github.com/sesame-auth/sesame/protocols"
	"github.com/sesame-auth/sesame/protocols/bazel"
	"github.com/sesame-auth/sesame/protocols/docker"
	"github.com/sesame-auth/sesame/protocols/git"
	"github.com/sesame-auth/sesame/providers"
)

// A rehearsal is what a tool would get for a URL now, without its secrets. Its JSON names are
// stable.
type rehearsal struct {
	Protocol string `json:"protocol"`
	Stdin    string `json:"stdin"`
	Stdout   string `json:"stdout"`
	Stderr   string `json:"stderr,omitempty"`
	ExitCode int    `json:"exit_code"`
	// Unknown says why the answer cannot be told; the rest is then empty.
	Unknown string `json:"unknown,omitempty"`

	reading, answering time.Duration
	about              providers.URL // what the protocol looked up: the first that has a token, or else the first
}

// rehearsals are the protocols, each with the request that its tool makes for a URL.
var rehearsals = map[string]struct {
	serve   protocols.Serve
	request func(asked) string
}{
	"bazel":  {bazel.Serve, func(a asked) string { return `{"uri":"` + a.url.String() + `"}` }},
	"git":    {git.Serve, gitRequest},
	"docker": {docker.Serve, dockerRequest},
}

// gitRequest is that of git 2.46 and later. Git tells a path only where credential.useHttpPath is set.
func gitRequest(a asked) string {
	u := a.url
	text := "capability[]=authtype\ncapability[]=state\nprotocol=" + u.Scheme + "\nhost=" + u.Authority() + "\n"
	if path := strings.TrimPrefix(u.Path, "/"); path != "" {
		text += "path=" + path + "\n"
	}
	if a.account != "" {
		text += "username=" + a.account + "\n"
	}
	return text + "\n"
}

// dockerRequest has no scheme where docker has none: by https, and on this machine.
func dockerRequest(a asked) string {
	u := a.url
	if u.Scheme == "https" || u.IsLoopback() {
		return u.Authority() + u.Path
	}
	return u.String()
}

// rehearse runs a protocol twice: with the token, to know how it ends, and with something in the
// token's place, to show what it writes. So no way of writing a secret down has to be known here.
func rehearse(ctx context.Context, d *core.Dispatcher, a asked, protocol string) *rehearsal {
	p := rehearsals[protocol]
	r := &rehearsal{Protocol: protocol, Stdin: p.request(a)}
	var out bytes.Buffer
	real := &previewTokens{d: d}
	begin := time.Now()
	err := p.serve(ctx, "get", strings.NewReader(r.Stdin), &out, real)
	r.reading, r.answering = real.asked.Sub(begin), time.Since(real.told)
	if real.asked.IsZero() { // it has not come to that
		r.reading, r.answering = time.Since(begin), 0
	}
	r.about = real.about
	if r.Unknown = real.unknown; r.Unknown != "" {
		return r
	}
	r.ExitCode, r.Stderr = protocols.ExitCode(err)
	if r.Stderr != "" {
		r.Stderr = "sesame: " + r.Stderr + "\n"
	}
	if err == nil {
		masked := &previewTokens{d: d, mask: true}
		out.Reset()
		_ = p.serve(ctx, "get", strings.NewReader(r.Stdin), &out, masked)
		r.Stdout = masked.unmask(out.String())
	} else if r.Stdout = out.String(); real.leaks(r.Stdout + r.Stderr) {
		r.Stdout, r.Stderr = "", "[a message that repeats the secret]"
	}
	return r
}

// previewTokens answers from what there is, and asks and changes nothing.
type previewTokens struct {
	d       *core.Dispatcher
	mask    bool
	unknown string
	asked   time.Time // first
	told    time.Time // last
	about   providers.URL
	found   bool
	secrets []providers.Secret
	names   map[string]string // what to print in the place of what is in a secret's place
}

var errPreview = errors.New("this is a preview")

func (t *previewTokens) Token(ctx context.Context, u providers.URL, username string) (protocols.Answer, error) {
	if t.asked.IsZero() {
		t.asked, t.about = time.Now(), u
	}
	defer func() { t.told = time.Now() }()
	p := t.d.Preview(ctx, u, username)
	if !t.found && !errors.Is(p.Err, providers.ErrNotFound) {
		t.about, t.found = u, true
	}
	switch {
	case p.Unknown:
		t.unknown = "the provider keeps tokens itself, and is not asked by explain"
		return protocols.Answer{}, errPreview
	case p.Err == nil && p.Answer.Token == nil:
		t.unknown = "there is no token before the refresh, and only the provider knows what it will be"
		return protocols.Answer{}, errPreview
	case p.Err != nil:
		return front.AnswerOf(p.Answer), p.Err
	}
	answer := front.AnswerOf(p.Answer)
	t.secrets = append(t.secrets, answer.Token.Value, answer.Token.State)
	if t.mask {
		t.hide(&answer)
	}
	return answer, nil
}

func (t *previewTokens) Renew(ctx context.Context, u providers.URL, username, _ string) (protocols.Answer, error) {
	return t.Token(ctx, u, username)
}

func (t *previewTokens) Keep(context.Context, providers.URL, string, *providers.Token) error {
	return errPreview
}

func (t *previewTokens) Forget(context.Context, providers.URL, string, providers.Secret) error {
	return errPreview
}

func (t *previewTokens) List(context.Context) ([]providers.Account, error) { return nil, errPreview }

// hide puts something else in the place of the secrets of an answer.
func (t *previewTokens) hide(a *protocols.Answer) {
	token := *a.Token
	name := "[secret]"
	if short := front.ShortFingerprint(&token); short != "" {
		name = "[secret " + short + "]"
	} else if a.Fingerprint != "" {
		a.Fingerprint = t.stand("[fingerprint]").Reveal()
	}
	if !token.Value.IsZero() {
		token.Value = t.stand(name)
	}
	if !token.State.IsZero() {
		token.State = t.stand("[refresh token]")
	}
	a.Token = &token
}

// stand returns a text that is nowhere else, and remembers what to print for it.
func (t *previewTokens) stand(name string) providers.Secret {
	text := rand.Text()
	if t.names == nil {
		t.names = make(map[string]string)
	}
	t.names[text] = name
	return providers.NewSecret(text)
}

// unmask names what was hidden in the output of a protocol, in the scheme Basic too (RFC 7617).
func (t *previewTokens) unmask(out string) string {
	if before, rest, ok := strings.Cut(out, `"Basic `); ok {
		encoded, after, _ := strings.Cut(rest, `"`)
		if text, err := base64.StdEncoding.DecodeString(encoded); err == nil {
			out = before + `"Basic [base64 of ` + string(text) + `]"` + after
		}
	}
	for text, name := range t.names {
		out = strings.ReplaceAll(out, text, name)
	}
	return out
}

// leaks reports whether a text holds one of the secrets.
func (t *previewTokens) leaks(text string) bool {
	for _, secret := range t.secrets {
		if !secret.IsZero() && strings.Contains(text, secret.Reveal()) {
			return true
		}
	}
	return false
}
