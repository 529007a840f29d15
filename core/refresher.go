package core

import (
	"context"
	"errors"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/sesame-auth/sesame/core/fileid"
	"github.com/sesame-auth/sesame/providers"
)

// A Refresher does one refresh, under a lock that its caller holds.
type Refresher struct {
	Store Store
	// Open opens the query's provider. It is called once; what it returns is closed
	// after Done.
	Open func(ctx context.Context, q *Query) (providers.Provider, io.Closer, error)
	// Done is called with the outcome as soon as it is stored, before the provider is closed:
	// others wait for it.
	Done   func(Outcome)
	Getenv func(string) string
	// Random returns a number in [0,1), to spread the retries of many machines.
	Random func() float64
}

// reserve is how much larger than the old a new record may be, in bytes, and still be
// sure of its place on the disk.
const reserve = 16 << 10

// An Outcome is what a refresh came to.
type Outcome struct {
	// Record is the new record.
	Record *Record
	// Unsaved is set where the record could not be stored.
	Unsaved bool
	// Warning says so to a person who has a token all the same; "" if there is none.
	Warning string
}

// Refresh re-reads the record, asks the provider, checks the answer and stores it, or
// stores the failure. Tokens are never dropped because a refresh failed.
func (r *Refresher) Refresh(ctx context.Context, q *Query, forced time.Time) {
	record, _ := r.Store.Load(q.Key)
	if record == nil {
		record = &Record{} // a damaged one too: the store keeps it aside
	}
	interrupted := record.Intent
	record.Intent, record.Attempt, record.Host = time.Now(), time.Now(), hostOf(q.URL)
	err := r.Store.Save(q.Key, record)
	if err == nil {
		err = r.Store.Reserve(q.Key, len(record.Encode(q.Key))+reserve)
	}
	if err != nil {
		// Nobody is asked for a token that could not be kept: its refresh token may be the only one.
		r.Done(r.fail(q, record, cannotKeep(err), interrupted, false))
		return
	}
	provider, closer, err := r.Open(ctx, q)
	if err != nil {
		r.Done(r.fail(q, record, err, interrupted, true))
		return
	}
	defer closer.Close()
	token, err := q.ask(ctx, provider, record.Token, q.demand(record, forced))
	if err == nil && record.IsRefused(token.Value) {
		err = &providers.Error{
			Kind:    providers.ErrUnavailable,
			Message: "the provider returned a token that its server refused before",
		}
	}
	if err != nil {
		record.keepState(token)
		if inDoubt(err) {
			interrupted = record.Intent
		}
		r.Done(r.fail(q, record, err, interrupted, true))
		return
	}
	r.Done(r.succeed(q, record, token))
}

// inDoubt reports whether the provider ended without an answer, as one that is killed with its plugin: what it had
// sent may have had its effect, and its refresh token be spent, as if the refresher itself had been killed.
func inDoubt(err error) bool {
	e, ok := errors.AsType[interface {
		error
		InDoubt() bool
	}](err)
	return ok && e.InDoubt()
}

// keepState keeps the state of an answer whose token is refused: where a refresh token is good for one use, the new
// one in it is the only one left. The token in hand stays, and without one the
// answer's is stored, if it can be, and is judged as what it is.
func (r *Record) keepState(answer *providers.Token) {
	switch {
	case answer == nil || answer.State.IsZero() || len(answer.State.Reveal()) > maxState:
	case r.Token != nil:
		kept := *r.Token
		kept.State, r.Token = answer.State, &kept
	case !answer.Value.IsZero() && checkForm(answer) == nil:
		r.Token, r.Obtained = answer, time.Now()
	}
}

// forever is the demand of a forced refresh: no token that exists is good enough.
var forever = time.Unix(math.MaxInt32, 0)

// demand returns until when a token that the provider already has must be valid.
func (q *Query) demand(record *Record, forced time.Time) time.Time {
	switch {
	case !forced.IsZero():
		return forever
	case record.Token == nil:
		return time.Now().Add(q.Policy.Tolerance)
	}
	return time.Now().Add(q.Policy.Window(record.Token, record.Obtained).Due)
}

// succeed stores the new token.
func (r *Refresher) succeed(q *Query, record *Record, token *providers.Token) Outcome {
	if token.State.IsZero() && record.Token != nil {
		token.State = record.Token.State // an issuer that does not rotate names no new one
	}
	if record.Token == nil || !record.IsRefused(record.Token.Value) {
		record.Quick = 0
	}
	record.Token, record.Obtained = token, time.Now()
	record.Failure, record.Intent = nil, time.Time{}
	record.Sources = q.sources(r.Getenv)
	outcome := Outcome{Record: record}
	if err := r.Store.Save(q.Key, record); err != nil {
		outcome.Unsaved, outcome.Warning = true, "the new token is not stored: "+err.Error()
	}
	return outcome
}

// fail stores why there is no new token, and when the next try is due. The old one stays.
func (r *Refresher) fail(q *Query, record *Record, cause error, interrupted time.Time, save bool) Outcome {
	now := time.Now()
	count := int64(1)
	if old := record.Failure; old != nil {
		count += old.Count
		if interrupted.IsZero() {
			interrupted = old.Interrupted // it explains the next refusal too
		}
	}
	failure := &Failure{Err: AsError(cause), Count: count, At: now, Interrupted: interrupted}
	usable := q.Policy.Judge(record, now).Usable()
	failure.Next = now.Add(backoff(&failure.Err, count, usable, r.Random()))
	record.Failure, record.Intent = failure, time.Time{}
	record.Sources = q.sources(r.Getenv)
	// If even the failure cannot be stored, the next caller asks again.
	unsaved := !save || r.Store.Save(q.Key, record) != nil
	return Outcome{Record: record, Unsaved: unsaved}
}

// AsError returns the error as one that can be stored, without control characters.
func AsError(cause error) providers.Error {
	stored := providers.Error{Kind: providers.ErrUnavailable, Message: cause.Error()}
	if e, ok := errors.AsType[*providers.Error](cause); ok {
		stored = *e
		stored.Message = cause.Error()
	} else if errors.Is(cause, providers.ErrNotFound) {
		stored.Kind = providers.ErrNotFound
	} else if errors.Is(cause, providers.ErrLoginRequired) {
		stored.Kind = providers.ErrLoginRequired
	}
	stored.Message = Printable(stored.Message)
	stored.Repair = Printable(stored.Repair)
	return stored
}

// maxMessage bounds the text of a failure, in bytes.
const maxMessage = 2 << 10

// Printable returns text for a person's terminal: on one line, control characters as
// question marks, cut at 2 KiB.
func Printable(text string) string {
	if len(text) > maxMessage {
		text = text[:maxMessage] + " ..."
	}
	text = strings.ToValidUTF8(text, "?")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case r < ' ' || r >= 0x7f && r < 0xa0 || r == '\u2028' || r == '\u2029' ||
			r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069':
			return '?'
		}
		return r
	}, text)
}

// cannotKeep is the failure of a store that could not be written before the provider was asked.
func cannotKeep(err error) error {
	return &providers.Error{
		Kind:    providers.ErrUnavailable,
		Message: "a new token could not be kept, so none is asked for: " + err.Error(),
	}
}

// sources are the files that a login by another program changes, as they are now.
func (q *Query) sources(getenv func(string) string) (sources []string) {
	if q.Profile.Sources == nil {
		return nil
	}
	for _, path := range q.Profile.Sources(getenv) {
		identity, _ := fileid.Of(path)
		sources = append(sources, identity+" "+path)
	}
	return sources
}

// sourceChanged reports whether one of the files has changed since the record was stored. It
// goes by the paths in the record, since to find them anew costs more than to look at them; they
// depend on nothing that is not in the key.
func (r *Record) sourceChanged() bool {
	return slices.ContainsFunc(r.Sources, func(source string) bool {
		before, path, _ := strings.Cut(source, " ")
		now, _ := fileid.Of(path)
		return now != before
	})
}
