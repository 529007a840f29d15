//go:build unix

package sources_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/cmd/internal/catalog"
	"github.com/sesame-auth/sesame/core"
	"github.com/sesame-auth/sesame/providers/oauth2/profile"
)

// A source is a way of coming by a token for the host.
type source struct {
	name     string
	provider string // as the configuration names it
	// prepare sets it up, and says what every tool must be answered.
	prepare func(c *cell) want
}

// A want is what a source's token must be.
type want struct {
	username, scheme string
	// good reports whether a secret is the one: it is known, or its server accepts it.
	good func(secret string) bool
	// ends returns the first and the last second that may be told as the expiry of a token that was
	// obtained between two moments; nil if none may be told.
	ends func(secret string, from, to time.Time) (first, last time.Time)
	// origin is where the first answer comes from; the next is Stored where it is Minted.
	origin core.Origin
	// asked counts the requests that the source's server, or its command, has had; nil if there is
	// neither. The first answer costs asks of them, and no other any.
	asked func() int
	asks  int
	// check looks at what the source saw, at the end; nil for nothing.
	check func(t *testing.T)
}

// strangers are hosts that the source has nothing for.
var strangers = []string{"other.test", host + ":8443", host + ".other.test"}

// sources are all rows of the table.
func sources() []source { return slices.Concat(given, kept, issued, logins, commands) }

// One login, one file or one helper is to serve every tool: that is what the program is for. A
// combination that nobody tried is where a scheme, a username or an expiry gets lost.
func TestEveryToolIsServedFromEverySource(t *testing.T) {
	for _, s := range sources() {
		for _, tool := range tools {
			t.Run(s.name+"/"+tool.name, func(t *testing.T) {
				t.Parallel()
				c := newCell(t)
				from := time.Now()
				w := s.prepare(c)
				w.checkCell(c, tool, from)
			})
		}
	}
}

// checkCell asks twice for the host, and then for others. The token was obtained after from.
func (w want) checkCell(c *cell, tool tool, from time.Time) {
	before := w.count()
	first := w.checkAnswer(c, tool, from, w.origin == core.Stored)
	if cost := w.count() - before; cost != w.asks {
		c.t.Errorf("the first answer cost %d requests at the source, want %d", cost, w.asks)
	}
	before = w.count()
	second := w.checkAnswer(c, tool, from, w.origin == core.Stored || w.origin == core.Minted)
	if first.secret != second.secret || !first.expires.Equal(second.expires) {
		c.t.Errorf("the second answer has another token, or another expiry: %v, then %v", first.expires, second.expires)
	}
	for _, stranger := range strangers {
		r := c.run(tool.request(stranger), tool.front, "get")
		if r.stdout != tool.nothing || r.stderr != "" || r.code != tool.nothingCode {
			c.t.Errorf("%s: exit %d, stdout %q, stderr %q; want nothing", stranger, r.code, r.stdout, r.stderr)
		}
	}
	if w.asked != nil && w.origin != core.Passed && w.count() != before {
		c.t.Errorf("a hit, or a host without a route, cost %d requests at the source", w.count()-before)
	}
	if w.check != nil {
		w.check(c.t)
	}
}

func (w want) count() int {
	if w.asked == nil {
		return 0
	}
	return w.asked()
}

// checkAnswer asks for the host and checks every byte of the answer.
func (w want) checkAnswer(c *cell, tool tool, from time.Time, again bool) answer {
	c.t.Helper()
	r := c.run(tool.request(host), tool.front, "get")
	got := answer{w.username, tool.secretIn(r.stdout), w.scheme, tool.toldIn(r.stdout), again}
	if expected := tool.answer(got); r.stdout != expected || r.stderr != "" || r.code != 0 {
		c.t.Fatalf("exit %d, stderr %q, stdout\n%s\nwant\n%s", r.code, r.stderr, r.stdout, expected)
	}
	if got.secret == "" || !w.good(got.secret) {
		c.t.Errorf("the secret is not the source's: %q", got.secret)
	}
	w.checkExpiry(c.t, tool, got, from)
	return got
}

func (w want) checkExpiry(t *testing.T, tool tool, got answer, from time.Time) {
	t.Helper()
	if tool.told == nil || w.ends == nil {
		if !got.expires.IsZero() {
			t.Errorf("expiry %v, want none", got.expires)
		}
		return
	}
	first, last := w.ends(got.secret, from, time.Now())
	if got.expires.Before(first.Truncate(time.Second)) || got.expires.After(last) {
		t.Errorf("expiry %v, want one from %v to %v", got.expires, first, last)
	}
}

// A provider, or a grant, that is added without a row here is one that no tool was tried with.
func TestEveryProviderAndGrantHasARow(t *testing.T) {
	has := func(what string, ok func(source) bool) {
		if !slices.ContainsFunc(sources(), ok) {
			t.Errorf("no row for %s", what)
		}
	}
	for _, p := range catalog.Profiles() {
		has("the provider "+p.Name, func(s source) bool { return s.provider == p.Name })
	}
	for _, grant := range []string{
		profile.Device, profile.Browser, profile.RefreshToken, profile.ClientCredentials, profile.TokenExchange,
	} {
		has("the grant "+grant, func(s source) bool { return s.provider == "oauth2" && strings.HasSuffix(s.name, grant) })
	}
	for _, format := range []string{"token", "json", "git", "docker", "bazel"} {
		has("the format "+format, func(s source) bool { return s.provider == "exec" && strings.HasSuffix(s.name, format) })
	}
}
