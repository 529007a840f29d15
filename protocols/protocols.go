// Package protocols is what the protocols share: the few methods they need of
// the core, and how an answer ends. Each protocol is a package of its own, one
// function of streams called Serve.
//
// The package is linked into the fronts: see package providers for what that forbids.
//
// Not a stable API: it serves sesame's own programs.
package protocols

import (
	"context"
	"errors"
	"io"
	"strconv"

	"github.com/sesame-auth/sesame/providers"
)

// Tokens is what a protocol asks of the core.
type Tokens interface {
	// Token returns a token for u and the account username; "" is any account. The error
	// matches providers.ErrNotFound where sesame has nothing for u. The answer's Exclusive
	// is set beside an error too.
	Token(ctx context.Context, u providers.URL, username string) (Answer, error)
	// Renew is Token for a tool whose server refused the token of that fingerprint,
	// which is forgotten before.
	Renew(ctx context.Context, u providers.URL, username, fingerprint string) (Answer, error)
	// Keep keeps a token that a tool hands in for u. The name is the tool's own for it, and
	// what List returns. A token that was handed out, or is kept already, is not written again. The
	// error is a [ReadOnlyError] where the route of u takes no tokens, and matches
	// providers.ErrNotFound where u has no route.
	Keep(ctx context.Context, u providers.URL, name string, t *providers.Token) error
	// Forget says that the tool's server refused value, the token last given for u; the zero
	// Secret stands for whichever token that was. A value that is not the
	// current token changes nothing. A token that is kept is dropped; with the zero Secret
	// all that are kept for u, or for its whole host where it has no path.
	Forget(ctx context.Context, u providers.URL, username string, value providers.Secret) error
	// List returns the accounts whose hosts the routes name exactly, and those that tokens are
	// kept for, in the order of their hosts; of one host the account that Token answers with
	// comes first. No provider is asked for a token.
	List(ctx context.Context) ([]Account, error)
}

// An Answer is a token, and where it comes from.
type Answer struct {
	// Token is the token. Its Username is the route's where the provider gave none; its Expires
	// is the time until which the tool may keep it, never past, zero for unknown. Its State is
	// set for a kept token only: the refresh token that came with it.
	Token *providers.Token
	// Origin says where the token comes from.
	Origin Origin
	// Fingerprint names the token without telling it, for Renew; set where Origin is Stored.
	Fingerprint string
	// Path is the path that a kept token was kept for; "" is every path of its host.
	Path string
	// Exclusive says that the route is the only authority: nobody else has a token for the URL.
	Exclusive bool
}

// An Origin says where a token comes from.
type Origin int

// The origins.
const (
	Minted Origin = iota // obtained for this request, or while it waited
	Stored               // from the store: if its server refuses it, another can be had
	Passed               // from a provider that is asked every time, and has no other
	Kept                 // as a tool handed it in: username and value are that tool's, and may be empty
)

// A ReadOnlyError is the error of Keep for a URL whose tokens come from a provider
// that takes none.
type ReadOnlyError struct {
	// Provider is the provider of the route.
	Provider string
	// Username is the only account that the route takes tokens of; "" where it takes none at all.
	Username string
}

// Error says so.
func (e *ReadOnlyError) Error() string {
	if e.Username != "" {
		return "the route takes tokens of the account " + strconv.Quote(e.Username) + " only"
	}
	return "provider " + e.Provider + " takes no tokens"
}

// An Account is one host that has a token.
type Account = providers.Account

// Serve answers one operation of a tool. It reads the request from in and writes
// the whole answer to out in one write, or nothing. Its error says how the
// program ends: see [ExitCode]. Where the tool must not miss the answer for the error, the
// error is a [Warning].
type Serve func(ctx context.Context, operation string, in io.Reader, out io.Writer, tokens Tokens) error

// An Exit is an error that only sets the exit code, since the tool has been told already
// what there is to say.
type Exit int

// Error names the code.
func (e Exit) Error() string { return "exit " + strconv.Itoa(int(e)) }

// A UsageError says that the program was called wrongly: exit code 2.
type UsageError string

// Error returns the message.
func (e UsageError) Error() string { return string(e) }

// A Warning is what a person is told beside an answer that tells the tool what to do without:
// exit code 0, since some tools throw away what a program has printed that fails.
type Warning struct {
	// Cause is what went wrong.
	Cause error
}

// Error returns the cause's message.
func (w *Warning) Error() string { return w.Cause.Error() }

// Unwrap returns the cause.
func (w *Warning) Unwrap() error { return w.Cause }

// ExitCode returns the exit code for what Serve returned, and the message for
// stderr, if there is one to print.
func ExitCode(err error) (code int, message string) {
	if err == nil {
		return 0, ""
	}
	if _, ok := errors.AsType[*Warning](err); ok {
		return 0, "warning: " + err.Error()
	}
	if exit, ok := errors.AsType[Exit](err); ok {
		return int(exit), ""
	}
	if usage, ok := errors.AsType[UsageError](err); ok {
		return 2, string(usage)
	}
	return 1, err.Error()
}

// ErrTooLong is the error of ReadAll for a request over its limit.
var ErrTooLong = errors.New("the request is too long")

// UsualSize is the size, in bytes, of a buffer that most requests and answers fit into. A front has all its buffers of one
// size: each size that it has not used before costs two page faults.
const UsualSize = 1024

// ReadAll reads the whole request, limit bytes at most.
func ReadAll(in io.Reader, limit int) ([]byte, error) {
	buf := make([]byte, 0, UsualSize)
	for {
		n, err := in.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		switch {
		case len(buf) > limit:
			return nil, ErrTooLong
		case err == io.EOF:
			return buf, nil
		case err != nil:
			return nil, err
		case len(buf) == cap(buf):
			buf = append(buf, 0)[:len(buf)]
		}
	}
}
