package providerstest

import (
	"strings"
	"time"

	"github.com/sesame-auth/sesame/providers"
)

// keepsAsItWas demands what tools and people rely on: nothing is trimmed, quoted or left out.
func keepsAsItWas(p *probe) {
	p.Helper()
	now := time.Now()
	long := strings.Repeat("0123456789abcdef", 128) // a token of a registry
	for _, t := range []*providers.Token{
		password("ann", "swordfish"),
		password("ann", ` "quoted" 'and' $(so) on\ & <more> %41 {"a":1} `),
		password("jürgen 鍵", "pässwörd 鍵 🔑"),
		password("ann@example.com", "a:b=c;d#e/f?g"),
		password("", "swordfish-of-nobody"),
		password("no value", ""),
		password("", ""),
		{Username: "<token>", Value: providers.NewSecret(long), Scheme: providers.Basic},
		{Value: providers.NewSecret("bearer-1"), Scheme: providers.Bearer, Expires: now.Add(time.Hour)},
		{Username: "ann", Value: providers.NewSecret("oauth-1"), Scheme: providers.Basic,
			Expires: now.Add(90 * time.Minute), State: providers.NewSecret("refresh-1 \"quoted\"\n鍵")},
	} {
		if !p.keep(keptAt(""), "", t) {
			return
		}
		p.wants(keptAt(""), t.Username, t, "after Keep")
		p.wants(keptAt("/v2/team/app"), t.Username, t, "after Keep for the whole host")
	}
}

// keepsAccountsApart demands a second account beside the first, and the latest where none is named.
func keepsAccountsApart(p *probe) {
	p.Helper()
	u := keptAt("")
	ann, bob, again := password("ann", "value-of-ann"), password("bob", "value-of-bob"), password("ann", "new-value-of-ann")
	if !p.keep(u, "", ann) || !p.keep(u, "", bob) {
		return
	}
	p.wants(u, "ann", ann, "after a second account was kept")
	p.wants(u, "bob", bob, "after a second account was kept")
	p.wants(u, "", bob, "where no account is named, the latest counts:")
	p.wantsNothing(u, "carol", "for an account that is not kept")
	if !p.keep(u, "", again) {
		return
	}
	p.wants(u, "ann", again, "after another token was kept for the account")
	p.wants(u, "", again, "where no account is named, the latest counts:")
	p.wants(u, "bob", bob, "after another token was kept for another account")
	account := providers.Account{Host: u.Authority(), Username: "ann"}
	if n := p.listed(account); n != 1 {
		p.Errorf("an account for which two tokens were kept, one after the other, is listed %d times, want once: "+
			"Keep replaces", n)
	}
}

// keepsURLsApart finds a token that is sent to the wrong server.
func keepsURLsApart(p *probe) {
	p.Helper()
	at := func(scheme, host, port string) providers.URL {
		return providers.URL{Scheme: scheme, Host: host, Port: port}
	}
	urls := []providers.URL{
		at("https", "kept.example", ""), at("http", "kept.example", ""), at("https", "kept.example", "8443"),
		at("http", "kept.example", "8443"), at("https", "other.kept.example", ""), at("https", "kept.example.com", ""),
	}
	tokens := make([]*providers.Token, len(urls))
	for i, u := range urls {
		p.wantsNothing(u, "ann", "before anything is kept for it")
		tokens[i] = password("ann", "value-of-"+u.String())
		if !p.keep(u, "", tokens[i]) {
			return
		}
	}
	for i, u := range urls {
		p.wants(u, "ann", tokens[i], "after tokens for other servers were kept")
		p.wants(u, "", tokens[i], "after tokens for other servers were kept")
	}
	for i, u := range urls {
		if !p.drop(u, "", "") {
			return
		}
		p.wantsNothing(u, "", "after Drop")
		for j := i + 1; j < len(urls); j++ {
			p.wants(urls[j], "ann", tokens[j], "after Drop for another server")
		}
	}
}

func dropsByValue(p *probe) {
	p.Helper()
	u := keptAt("")
	old, ann, bob := password("ann", "old-value-of-ann"), password("ann", "value-of-ann"), password("bob", "value-of-bob")
	if !p.keep(u, "", old) || !p.keep(u, "", bob) || !p.keep(u, "", ann) {
		return
	}
	for _, drop := range []struct{ username, value string }{
		{"", "another-value"}, {"ann", "another-value"}, {"ann", "value-of-bob"}, {"carol", "value-of-ann"}, {"", "old-value-of-ann"},
	} {
		if !p.drop(u, drop.username, drop.value) {
			return
		}
		p.wants(u, "ann", ann, "after Drop of a value that is not the account's")
		p.wants(u, "bob", bob, "after Drop of a value that is not the account's")
	}
	if p.drop(u, "", "value-of-ann") {
		p.wantsNothing(u, "ann", "after Drop of the value")
		p.wants(u, "", bob, "after Drop of another's value")
	}
	if p.drop(u, "bob", "value-of-bob") {
		p.wantsNothing(u, "", "after Drop of the account and the value")
	}
}

func dropsHost(p *probe) {
	p.Helper()
	u, path, other := keptAt(""), keptAt("/team/app"), providers.URL{Scheme: "https", Host: "other.kept.example"}
	ann, bob, carol := password("ann", "value-of-ann"), password("bob", "value-of-bob"), password("carol", "value-of-carol")
	if !p.keep(u, "", ann) || !p.keep(u, "", bob) || !p.keep(path, "", carol) || !p.keep(other, "", ann) {
		return
	}
	p.wants(path, "carol", carol, "after Keep for a path")
	if p.drop(u, "ann", "") {
		p.wantsNothing(u, "ann", "after Drop of the account")
		p.wants(u, "bob", bob, "after Drop of another account")
		p.wants(path, "carol", carol, "after Drop of another account")
	}
	if p.drop(u, "", "") {
		p.wantsNothing(u, "", "after Drop of the whole host")
		p.wantsNothing(u, "bob", "after Drop of the whole host")
		p.wantsNothing(path, "carol", "after Drop of the whole host")
		p.wants(other, "ann", ann, "after Drop of another host")
	}
}

func dropsNothing(p *probe) {
	p.Helper()
	for range 2 { // the second time after something was kept, and dropped
		for _, drop := range []struct{ username, value string }{
			{"", ""}, {"ann", ""}, {"", "value-of-ann"}, {"ann", "value-of-ann"},
		} {
			p.drop(keptAt(""), drop.username, drop.value)
			p.drop(keptAt("/team"), drop.username, drop.value)
		}
		if !p.keep(keptAt(""), "", password("ann", "value-of-ann")) || !p.drop(keptAt(""), "", "") {
			return
		}
	}
}

func listsKept(p *probe) {
	p.Helper()
	u, other := keptAt(""), providers.URL{Scheme: "https", Host: "other.kept.example", Port: "8443"}
	hub := providers.URL{Scheme: "https", Host: "hub.kept.example", Path: "/v1/"}
	const name = "https://hub.kept.example/v1/"
	if !p.keep(u, "", password("ann", "value-1")) || !p.keep(u, "", password("bob", "value-2")) ||
		!p.keep(other, "", password("", "value-3")) || !p.keep(hub, name, password("ann", "value-4")) {
		return
	}
	for _, account := range []providers.Account{
		{Host: "kept.example", Username: "ann"}, {Host: "kept.example", Username: "bob"},
		{Host: "other.kept.example:8443"}, {Host: name, Username: "ann"},
	} {
		if n := p.listed(account); n != 1 {
			p.Errorf("Kept lists the account %q of %s %d times, want once. Its host is the tool's own name where Keep was "+
				"given one, else host or host:port", account.Username, account.Host, n)
		}
	}
	if p.drop(u, "ann", "") && p.listed(providers.Account{Host: "kept.example", Username: "ann"}) != 0 {
		p.Errorf("Kept lists an account whose token was dropped")
	}
}
