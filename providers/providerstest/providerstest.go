// Package providerstest is the conformance suite of the contract in package
// providers: what the core relies on in every provider, in process or behind a plugin.
//
// A provider's test calls [Run] with a function that prepares it:
//
//	func TestProviderConforms(t *testing.T) {
//		providerstest.Run(t, func(t *testing.T) providerstest.Case {
//			server := startIssuer(t)
//			return providerstest.Case{
//				Provider: example.Provider{},
//				Request:  providers.Request{URL: server.URL},
//				Unknown:  providers.URL{Scheme: "https", Host: "other.example"},
//			}
//		})
//	}
//
// The package depends on the standard library alone. Its names are stable, but a later
// version may have more rules.
package providerstest

import (
	"context"
	"testing"

	"github.com/sesame-auth/sesame/providers"
)

// A Case is one provider, ready to be asked, and what the suite must know of it.
type Case struct {
	// Provider is asked. If it holds something open, close it with t.Cleanup.
	Provider providers.Provider
	// Request is one that the provider answers with a token.
	Request providers.Request
	// Unknown is a URL for which the provider has nothing. The zero value says
	// that it answers for every URL, as one does whose route names the token.
	Unknown providers.URL
	// Options is a pointer to the provider's options struct, as Profile.NewOptions
	// returns it; its names must be in the error for an unknown option. Nil: the provider
	// has no options.
	Options any
	// Single says that there is only one token to be had, so that the provider may
	// return the same one to a core that asks for another.
	Single bool
	// Hang, if set, makes the issuer stop answering, to see that a cancelled
	// request returns. A provider that waits for nothing has no use for it.
	Hang func()
	// Keeps says that the provider is a [providers.Keeper], for the options of Request. The suite keeps
	// tokens for hosts of its own, such as kept.example, and leaves some of them behind.
	Keeps bool
	// LogsIn says that the provider is a [providers.LoginProvider]. The suite logs out, and begins logins
	// that it cancels.
	LogsIn bool
	// Failing are requests that the provider must answer with an error.
	Failing []providers.Request
	// Secrets must be in no error. The tokens that the suite sees and their states are
	// added to them.
	Secrets []string
}

// Run checks every rule of the contract in a subtest of its own. It calls open for
// each, so that no rule sees what another left behind. A rule for what the case says that the
// provider does not do is skipped.
func Run(t *testing.T, open func(t *testing.T) Case) {
	t.Helper()
	for _, rule := range rules() {
		t.Run(rule.name, func(t *testing.T) {
			c := open(t)
			if rule.applies != nil && !rule.applies(c) {
				t.SkipNow()
			}
			rule.check(newProbe(t, c))
		})
	}
}

// A reporter is what the rules need of *testing.T, so that the suite's own test can
// see them fail.
type reporter interface {
	Helper()
	Errorf(format string, args ...any)
	Context() context.Context
}

type rule struct {
	name    string
	check   func(p *probe)
	applies func(c Case) bool // nil: to every provider
}

func rules() []rule {
	keeps := func(c Case) bool { return c.Keeps }
	logsIn := func(c Case) bool { return c.LogsIn }
	return []rule{
		{"answers with a token", answers, nil},
		{"obtains another token when the core asks for one", obtainsAnother, nil},
		{"has nothing for an unknown URL", knowsItsURLs, nil},
		{"refuses an unknown option", refusesUnknownOption, nil},
		{"gives no account's token to another", respectsUsername, nil},
		{"returns when the context is cancelled", honoursCancel, nil},
		{"may be called from several goroutines", isConcurrent, nil},
		{"fails as the contract says", failsByKind, nil},
		{"gives back what it keeps as it was", keepsAsItWas, keeps},
		{"keeps one token for each account", keepsAccountsApart, keeps},
		{"keeps hosts, schemes and ports apart", keepsURLsApart, keeps},
		{"drops nothing but the value that is named", dropsByValue, keeps},
		{"drops all of a host", dropsHost, keeps},
		{"drops nothing without an error", dropsNothing, keeps},
		{"lists what it keeps", listsKept, keeps},
		{"logs out though nobody is logged in", logsOutTwice, logsIn},
		{"returns when a login is cancelled", honoursCancelledLogin, logsIn},
	}
}
