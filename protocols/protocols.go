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
	// Token returns a token for u and the account username; "" is any account. Its Username
	// is the route's where the provider gave none; its Expires is the time until
	// which the tool may keep it, never past, zero for unknown. The error matches
	// providers.ErrNotFound where sesame has nothing for u.
	Token(ctx context.Context, u providers.URL, username string) (*providers.Token, error)
	// Forget says that the tool's server refused value, the token last given for u; the zero
	// Secret stands for whichever token that was. A value that is not the
	// current token changes nothing.
	Forget(ctx context.Context, u providers.URL, username string, value providers.Secret) error
	// List returns the accounts whose hosts the routes name exactly, without asking any
	// provider, in the order of their hosts.
	List(ctx context.Context) ([]Account, error)
}

// An Account is one host that a route names exactly.
type Account = providers.Account

// Serve answers one operation of a tool. It reads the request from in and writes
// the whole answer to out in one write, or nothing. Its error says how the
// program ends: see [ExitCode].
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

// ExitCode returns the exit code for what Serve returned, and the message for
// stderr, if there is one to print.
func ExitCode(err error) (code int, message string) {
	if err == nil {
		return 0, ""
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

// ReadAll reads the whole request, limit bytes at most.
func ReadAll(in io.Reader, limit int) ([]byte, error) {
	buf := make([]byte, 0, 1024)
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
