package core

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/sesame-auth/sesame/providers"
)

// List returns the accounts whose hosts the configuration names exactly, and those that tokens are kept
// for, in the order of their hosts.
func (d *Dispatcher) List(ctx context.Context) ([]providers.Account, error) {
	kept, err := d.listKept()
	if err != nil {
		return nil, err
	}
	accounts := slices.Concat(d.listRoutes(), kept, d.listKeepers(ctx))
	slices.SortStableFunc(accounts, func(a, b providers.Account) int { return cmp.Compare(a.Host, b.Host) })
	return accounts, nil
}

// listRoutes returns the accounts whose hosts the configuration names exactly. Routes with a path are
// left out: their host alone has no token. So are those that keep tokens, which may have none.
func (d *Dispatcher) listRoutes() (accounts []providers.Account) {
	for route := range d.Finder.Routes.All() {
		p := route.Pattern
		host := providers.URL{Host: p.Host, Port: p.Port}
		last := len(accounts) - 1
		if d.Finder.keeping(route) != providers.KeepsNothing || p.Wildcard || p.Path != "" || p.Scheme != "https" && !host.IsLoopback() ||
			last >= 0 && accounts[last].Host == host.Authority() {
			continue
		}
		accounts = append(accounts, providers.Account{Host: host.Authority(), Username: route.Username})
	}
	return accounts
}

// listKept returns the accounts of every host whose route still leads to its kept tokens.
func (d *Dispatcher) listKept() ([]providers.Account, error) {
	keys, err := d.Store.Keys(keptPrefix)
	if err != nil {
		return nil, err
	}
	var accounts []providers.Account
	for _, key := range keys {
		record, err := d.Store.Load(key)
		if err != nil {
			d.warn(err.Error())
		}
		accounts = append(accounts, d.accountsOf(key, record)...)
	}
	return accounts, nil
}

// accountsOf returns the accounts of one record, the latest first.
func (d *Dispatcher) accountsOf(key string, record *Record) (accounts []providers.Account) {
	if record == nil {
		return nil
	}
	u, err := providers.ParseURL(record.KeptFor)
	if err != nil {
		return nil
	}
	tokens, now := record.keptTokens(), time.Now()
	for i := len(tokens) - 1; i >= 0; i-- {
		k := tokens[i]
		at, q := u, new(Query)
		at.Path = k.Path
		if d.Finder.Find(q, at, k.Username) != nil || q.Key != key || k.endedAt(now) {
			continue
		}
		accounts = append(accounts, providers.Account{Host: k.listedAs(u), Username: k.Username})
	}
	return slices.DeleteFunc(accounts, func(a providers.Account) bool { return a.Host == "" })
}

// listKeepers returns the accounts of the providers that keep tokens themselves. One that cannot say is
// a warning: the others' are good.
func (d *Dispatcher) listKeepers(ctx context.Context) (accounts []providers.Account) {
	asked := make(map[string]bool)
	for route := range d.Finder.Routes.All() {
		if asked[route.Provider] || d.Finder.keeping(route) != providers.KeepsItself {
			continue
		}
		asked[route.Provider] = true
		q := new(Query)
		if d.Finder.Find(q, route.Pattern.Example(), "") != nil || q.Route.Provider != route.Provider {
			continue
		}
		message, err := d.callKeeper(ctx, q, NewJob(q, d.Forced), KeeperList)
		if err != nil {
			d.warn(err.Error())
		}
		for _, account := range message.Accounts {
			if d.leadsTo(account, route.Provider) {
				accounts = append(accounts, account)
			}
		}
	}
	return accounts
}

// leadsTo reports whether the route of an account's host is still one of the provider's. A name without
// a scheme is a registry's: by https, or by http on this machine.
func (d *Dispatcher) leadsTo(account providers.Account, provider string) bool {
	names := []string{account.Host}
	if !strings.Contains(account.Host, "://") {
		names = []string{"https://" + account.Host, "http://" + account.Host}
	}
	return slices.ContainsFunc(names, func(name string) bool {
		u, err := providers.ParseURL(name)
		q := new(Query)
		return err == nil && d.Finder.Find(q, u, account.Username) == nil && q.Route.Provider == provider
	})
}
