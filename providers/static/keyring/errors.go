package keyring

import (
	"context"
	"errors"
	"strings"

	system "github.com/zalando/go-keyring"

	"github.com/sesame-auth/sesame/providers"
)

// instead is what a person can do where there is no keyring to be had.
const instead = `, or keep the tokens in a file: store = "file"`

// The errors of the package's own. errPanic stands for a failure of the library that it has no
// error for.
var (
	errSlow = &providers.Error{
		Kind: providers.ErrUnavailable,
		Message: "the keyring did not answer within " + limit.String() +
			": it may be locked, or wait for a person: unlock it" + instead,
		Repair: unlockCommand,
	}
	errPanic   = errors.New("its library failed")
	errNotKept = refused(`the route's tokens are not in the keyring: it has not the option store = "keyring"`)
	errNoHost  = refused("the URL has no host that a token could be kept for")
	errNotText = refused("the token, or a name that it is kept under, is not UTF-8")
	errTooBig  = refused("the host's tokens are larger than an item of this system's keyring may be: log out of some" + instead)
)

func refused(message string) *providers.Error {
	return &providers.Error{Kind: providers.ErrLoginRequired, Message: message}
}

func unavailable(message, repair string) *providers.Error {
	return &providers.Error{Kind: providers.ErrUnavailable, Message: message, Repair: repair}
}

func tooMany(host string) error {
	e := refused("the keyring would have more than 64 tokens for " + host + ": log out of some, or of all")
	e.Repair = "sesame logout " + host
	return e
}

// A damagedError is the error for an item of that name that sesame cannot have written. It is not
// written over: a newer version may have.
type damagedError string

// Error says so, without a word of what the item holds.
func (e damagedError) Error() string {
	return "the item " + string(e) + " of the keyring's service " + service +
		" is none that this version of sesame reads: remove it, and log in again"
}

func isDamaged(err error) bool {
	_, ok := errors.AsType[damagedError](err)
	return ok
}

// failed returns what an error means to a person; nil where err is nil.
func failed(err error) error {
	if err == nil {
		return nil
	}
	e := *explained(err) // a copy, since some are shared
	return &e
}

func explained(err error) *providers.Error {
	if e, ok := errors.AsType[*providers.Error](err); ok {
		return e
	}
	if damaged, ok := errors.AsType[damagedError](err); ok {
		e := refused(damaged.Error())
		e.Repair = removeCommand(string(damaged))
		return e
	}
	switch {
	case errors.Is(err, system.ErrSetDataTooBig):
		return errTooBig
	case errors.Is(err, system.ErrUnsupportedPlatform):
		return refused("there is no keyring on this system" + instead)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return unavailable("the keyring did not answer before the request ended: it may be locked: unlock it"+instead, unlockCommand)
	}
	if e := explainedHere(err); e != nil {
		return e
	}
	return unavailable("the keyring cannot be used: "+line(err.Error()), "")
}

// line makes a text of the library's one short line.
func line(text string) string {
	const most = 200
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, text)
}
