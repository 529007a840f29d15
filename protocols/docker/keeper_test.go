package docker

import (
	"context"
	"slices"
	"strings"

	"github.com/sesame-auth/sesame/protocols"
	"github.com/sesame-auth/sesame/providers"
)

// A keeper keeps what it is handed in, for the hosts of its routes, as the contract of
// protocols.Tokens says.
type keeper struct {
	protocols.Tokens
	routes []string // scheme://authority, or "*" for every host
	kept   []keptToken
}

type keptToken struct {
	url   providers.URL
	name  string
	token providers.Token
}

func (k *keeper) route(u providers.URL) bool {
	u.Path = ""
	return slices.Contains(k.routes, "*") || slices.Contains(k.routes, u.String())
}

// Token returns the token for the longest path, of those the latest.
func (k *keeper) Token(_ context.Context, u providers.URL, username string) (protocols.Answer, error) {
	var found *keptToken
	for i := range k.kept {
		e := &k.kept[i]
		if !sameHost(e.url, u) || !below(u.Path, e.url.Path) || username != "" && username != e.token.Username {
			continue
		}
		if found == nil || len(pathOf(e.url)) >= len(pathOf(found.url)) {
			found = e
		}
	}
	if found == nil {
		return protocols.Answer{}, providers.ErrNotFound
	}
	token := found.token
	return protocols.Answer{Token: &token, Origin: protocols.Kept, Path: pathOf(found.url)}, nil
}

func (k *keeper) Keep(_ context.Context, u providers.URL, name string, t *providers.Token) error {
	if !k.route(u) {
		return providers.ErrNotFound
	}
	k.kept = slices.DeleteFunc(k.kept, func(e keptToken) bool {
		return sameHost(e.url, u) && pathOf(e.url) == pathOf(u) && e.token.Username == t.Username
	})
	k.kept = append(k.kept, keptToken{url: u, name: name, token: *t})
	return nil
}

func (k *keeper) Forget(_ context.Context, u providers.URL, username string, value providers.Secret) error {
	k.kept = slices.DeleteFunc(k.kept, func(e keptToken) bool {
		return sameHost(e.url, u) && below(e.url.Path, u.Path) && (username == "" || username == e.token.Username) &&
			(value.IsZero() || value.Equal(e.token.Value))
	})
	return nil
}

// List returns the latest of a host first.
func (k *keeper) List(context.Context) (accounts []protocols.Account, err error) {
	for _, e := range slices.Backward(k.kept) {
		accounts = append(accounts, protocols.Account{Host: e.name, Username: e.token.Username})
	}
	return accounts, nil
}

func sameHost(a, b providers.URL) bool {
	return a.Scheme == b.Scheme && a.Host == b.Host && a.Port == b.Port
}

func pathOf(u providers.URL) string { return strings.TrimRight(u.Path, "/") }

// below reports whether path is parent, or whole segments below it.
func below(path, parent string) bool {
	path, parent = strings.TrimRight(path, "/"), strings.TrimRight(parent, "/")
	return path == parent || strings.HasPrefix(path, parent+"/")
}
