package providers

import "context"

// A Keeper is a [Provider] that also keeps tokens that it is handed: what a person typed at
// docker login, what git asks to store. It is optional. The core calls Keep and Drop
// under a lock that all routes of the provider share, so that a Keeper may read what it
// has, change it and write it back.
//
// What a Keeper answers is never stored by the core, and asked for anew every time.
// Which routes have one is said by [Profile.Keeps], or for a plugin by "keeps" in its table
// of the configuration.
type Keeper interface {
	Provider
	// Keep keeps t for req.URL and the account t.Username, in place of what was kept
	// for the two. A password (scheme [Basic]) may have an empty username, an empty
	// value, or both. State is kept and given back as it is. What has expired may be dropped.
	Keep(ctx context.Context, req Request, t *Token) error
	// Drop drops what is kept for req.URL and the account req.Username, "" being every
	// account: where value is not the zero Secret, only a token of that value. Where req.URL has
	// no path, it is for the whole host. That nothing is kept is no error.
	Drop(ctx context.Context, req Request, value Secret) error
	// Kept returns the accounts for which something is kept, of every host. req.URL is
	// not used.
	Kept(ctx context.Context, req Request) ([]Account, error)
}

// A Keeping says who keeps the tokens that a tool hands in for a route.
type Keeping int

// The ways of keeping.
const (
	KeepsNothing Keeping = iota // the route only reads
	KeepsInStore                // the core does, in its store
	KeepsItself                 // the provider does: it is a Keeper, and asked through its plugin
)
