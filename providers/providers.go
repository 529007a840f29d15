// Package providers is the contract between sesame's core and a way to obtain
// tokens. Everything in sesame meets here: the core asks a [Provider], the
// plugin seam carries one across a process boundary, the protocols print what
// it returned.
//
// The package is linked into the fronts, the programs a tool starts for every
// request, so it imports nothing that is costly to start: no fmt, os, net/url
// or encoding/json (docs/performance.md has the measurement).
//
// The exported names of this package are stable: see docs/writing-a-provider.md.
package providers

import (
	"context"
	"errors"
	"time"
)

// A Provider obtains tokens, in one way: from an environment variable, a file,
// a token endpoint. It neither stores, locks nor judges them: the core does, once for
// every provider, and asks only when a token is due.
//
// An error must match one of [ErrNotFound], [ErrLoginRequired] and
// [ErrUnavailable] under [errors.Is]; [Error] is a value that does. Any other error
// is treated as ErrUnavailable. No error text may hold a secret.
type Provider interface {
	// Token obtains a token for req. It returns within ctx's deadline, and may be
	// called from several goroutines at once.
	Token(ctx context.Context, req Request) (*Token, error)
}

// A Request is what the core asks a provider for.
type Request struct {
	// URL is what the tool wants to reach.
	URL URL
	// Username is the account: the route's, or the one the tool asked for, or "".
	Username string
	// Name is the tool's own name for the URL, set for [Keeper.Keep] only; "" where it has none.
	Name string
	// Options are the route's own settings, as the configuration has them.
	Options Options
	// Previous is the last token for the same key, read again under the key's lock;
	// nil if there is none. Its State is what the provider returned with it. It is never the
	// answer as it is: the core asks because it will not do any more.
	Previous *Token
	// GoodUntil is the core's demand. A provider that keeps tokens of its own need
	// not renew one that is valid up to here. The zero time demands nothing.
	GoodUntil time.Time
}

// A Token is what a provider obtains.
type Token struct {
	// Username is the account the token belongs to; "" where the scheme has none.
	Username string
	// Value is the token itself, 64 KiB at most: visible ASCII, since it goes into a header as
	// it is; with the scheme Basic any text without control characters.
	Value Secret
	// Scheme is how an HTTP Authorization header carries the value: [Bearer], [Basic]
	// or another registered scheme (RFC 9110, section 16.4.1). "" counts as Bearer.
	Scheme string
	// Issued is when the token's life began; zero if unknown.
	Issued time.Time
	// Expires is when it ends; zero if unknown.
	Expires time.Time
	// State is the provider's own, a refresh token say. The core keeps it beside the
	// token and returns it in [Request.Previous]; nobody else sees it. Where the token itself
	// cannot be used, as one that has expired, the core says so and keeps its State.
	State Secret
}

// The schemes that providers here use, as RFC 9110 and RFC 6750 spell them.
const (
	Bearer = "Bearer"
	Basic  = "Basic"
)

// DefaultUsername stands where a protocol must name an account and neither the
// route nor the token has one.
const DefaultUsername = "__token__"

// The kinds of error. They survive the plugin boundary.
var (
	// ErrNotFound means that the provider has nothing for this URL and account.
	// The tool is told "nothing here", which is no failure.
	ErrNotFound = errors.New("no token")
	// ErrLoginRequired means that only a person can help: nobody is logged in, or
	// the issuer has refused the refresh token for good.
	ErrLoginRequired = errors.New("login required")
	// ErrUnavailable means that asking again later may succeed.
	ErrUnavailable = errors.New("unavailable")
)

// An Error is an error of one of the three kinds with what a person and the core
// need to know of it. errors.Is(e, e.Kind) holds.
type Error struct {
	// Kind is ErrNotFound, ErrLoginRequired or ErrUnavailable.
	Kind error
	// Message says what happened, to which URL or file; lower case, no secret.
	Message string
	// Repair is the next command to type, such as "sesame login https://example.com"; may be "".
	Repair string
	// RetryAfter is the issuer's own word on when to ask again; zero if it said
	// nothing. The core clamps it to between one second and one hour.
	RetryAfter time.Duration
}

// Error returns the message, or the kind's text where there is none.
func (e *Error) Error() string {
	if e.Message == "" {
		return e.Kind.Error()
	}
	return e.Message
}

// Unwrap returns the kind.
func (e *Error) Unwrap() error { return e.Kind }
