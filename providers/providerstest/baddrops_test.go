package providerstest

import (
	"slices"

	"github.com/sesame-auth/sesame/providers"
)

func badAtURLs() []badProvider {
	return keeperRule("keeps hosts, schemes and ports apart",
		badProvider{name: "no scheme", want: "for http://kept.example",
			provider: at(func(u *providers.URL) { u.Scheme = "https" })},
		badProvider{name: "no port", want: "for https://kept.example:8443",
			provider: at(func(u *providers.URL) { u.Port = "" })},
		badProvider{name: "every host below", want: "for https://other.kept.example",
			provider: at(func(u *providers.URL) {
				if u.Host == "other.kept.example" {
					u.Host = "kept.example"
				}
			})},
		badProvider{name: "hosts that begin alike", want: "for https://kept.example.com",
			provider: at(func(u *providers.URL) { u.Host = u.Host[:min(len(u.Host), 12)] })},
		badProvider{name: "drops for the other scheme", want: "after Drop for another server there is no token for http://kept.example",
			provider: &bent{drop: func(m *Memory, req providers.Request, value providers.Secret) error {
				other := req
				other.URL.Scheme = "http"
				_ = m.Drop(always, other, value)
				return m.Drop(always, req, value)
			}}},
	)
}

// dropping is a Keeper that drops for another request than it was asked.
func dropping(change func(*providers.Request, *providers.Secret)) *bent {
	return &bent{drop: func(m *Memory, req providers.Request, value providers.Secret) error {
		change(&req, &value)
		return m.Drop(always, req, value)
	}}
}

func badAtDropping() []badProvider {
	return slices.Concat(keeperRule("drops nothing but the value that is named",
		badProvider{name: "whatever the value", want: "of a value that is not the account's",
			provider: dropping(func(_ *providers.Request, value *providers.Secret) { *value = providers.Secret{} })},
		badProvider{name: "whatever the account", want: "of a value that is not the account's",
			provider: dropping(func(req *providers.Request, _ *providers.Secret) { req.Username = "" })},
		badProvider{name: "the latest of an account whatever the value", want: "of a value that is not the account's",
			provider: dropping(func(req *providers.Request, value *providers.Secret) {
				if req.Username == "ann" {
					*value = providers.Secret{}
				}
			})},
		badProvider{name: "not without an account", want: "after Drop of the value",
			provider: dropping(func(req *providers.Request, _ *providers.Secret) {
				if req.Username == "" {
					req.Username = "nobody"
				}
			})},
		badProvider{name: "an error for another value", want: "fails: refused",
			provider: &bent{drop: func(*Memory, providers.Request, providers.Secret) error { return refusal("refused") }}},
		badProvider{name: "a secret in the error", want: "holds a secret",
			provider: &bent{drop: func(*Memory, providers.Request, providers.Secret) error { return refusal("not value-of-ann") }}},
	), keeperRule("drops all of a host",
		badProvider{name: "nothing", want: "after Drop of the account",
			provider: &bent{drop: func(*Memory, providers.Request, providers.Secret) error { return nil }}},
		badProvider{name: "one account", want: "after Drop of the whole host",
			provider: dropping(func(req *providers.Request, _ *providers.Secret) {
				if req.Username == "" {
					req.Username = "bob"
				}
			})},
		badProvider{name: "not what is kept for a path", want: "for https://kept.example/team/app and the account \"carol\" is a token",
			provider: &bent{drop: func(m *Memory, req providers.Request, _ providers.Secret) error {
				m.kept = slices.DeleteFunc(m.kept, func(k keptToken) bool { return k.meant(req) && k.url.Path == req.URL.Path })
				return nil
			}}},
		badProvider{name: "every account", want: "after Drop of another account",
			provider: dropping(func(req *providers.Request, _ *providers.Secret) { req.Username = "" })},
		badProvider{name: "every host", want: "after Drop of another host",
			provider: &bent{drop: func(m *Memory, req providers.Request, value providers.Secret) error {
				if req.Username == "" {
					m.kept = nil
				}
				return m.Drop(always, req, value)
			}}},
		badProvider{name: "serves no path", want: "after Keep for a path",
			provider: &bent{token: func(m *Memory, req providers.Request) (*providers.Token, error) {
				req.URL.Path = ""
				return m.Token(always, req)
			}}},
	), keeperRule("drops nothing without an error",
		badProvider{name: "not found", want: "fails: nothing is kept",
			provider: &bent{drop: func(m *Memory, req providers.Request, value providers.Secret) error {
				if len(m.kept) == 0 {
					return &providers.Error{Kind: providers.ErrNotFound, Message: "nothing is kept"}
				}
				return m.Drop(always, req, value)
			}}},
		badProvider{name: "panics", want: "Drop panics",
			provider: &bent{drop: func(m *Memory, _ providers.Request, _ providers.Secret) error {
				m.kept = m.kept[:len(m.kept)-1]
				return nil
			}}},
		badProvider{name: "cannot keep again", want: "is not kept",
			provider: &bent{keep: func(m *Memory, req providers.Request, t *providers.Token) error {
				if m.kept != nil {
					return refusal("it was dropped")
				}
				return m.Keep(always, req, t)
			}}},
	))
}

func badAtListing() []badProvider {
	return keeperRule("lists what it keeps",
		badProvider{name: "nothing", want: `lists the account "ann" of kept.example 0 times`,
			provider: listsAs(func([]providers.Account) []providers.Account { return nil })},
		badProvider{name: "one account a host", want: `lists the account "ann" of kept.example 0 times`,
			provider: listsAs(func(accounts []providers.Account) []providers.Account { return accounts[1:] })},
		badProvider{name: "twice", want: "2 times",
			provider: listsAs(func(accounts []providers.Account) []providers.Account { return slices.Concat(accounts, accounts) })},
		badProvider{name: "no port", want: `of other.kept.example:8443 0 times`,
			provider: listsAs(func(accounts []providers.Account) []providers.Account {
				for i := range accounts {
					if accounts[i].Host == "other.kept.example:8443" {
						accounts[i].Host = "other.kept.example"
					}
				}
				return accounts
			})},
		badProvider{name: "without the tool's name", want: "of https://hub.kept.example/v1/ 0 times",
			provider: &bent{keep: func(m *Memory, req providers.Request, t *providers.Token) error {
				req.Name = ""
				return m.Keep(always, req, t)
			}}},
		badProvider{name: "what was dropped", want: "lists an account whose token was dropped",
			provider: &bent{drop: func(*Memory, providers.Request, providers.Secret) error { return nil }}},
		badProvider{name: "fails", want: "Kept fails: locked",
			provider: &bent{kept: func(*Memory, providers.Request) ([]providers.Account, error) { return nil, refusal("locked") }}},
	)
}
