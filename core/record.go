package core

import (
	"errors"
	"slices"
	"time"

	"github.com/sesame-auth/sesame/core/digest"
	"github.com/sesame-auth/sesame/core/fields"
	"github.com/sesame-auth/sesame/providers"
)

// A Record is what the store keeps under one key: the token, and what every process
// must know to act on it as one.
type Record struct {
	// Token is the last one obtained; nil if there has been none.
	Token *providers.Token
	// Obtained is when the provider answered with it.
	Obtained time.Time
	// Sources are the provider's own files (see [providers.Profile]), each with its identity at
	// that moment: "identity path". A login by another program changes one.
	Sources []string
	// Refused holds the fingerprints of tokens that a tool's server refused, the
	// newest last. They are never handed out again.
	Refused []string
	// Quick counts the tokens in a row that were refused as soon as they were obtained.
	Quick int64
	// Attempt is when the provider was last asked.
	Attempt time.Time
	// Intent is set while a refresh is under way, so that one that was killed is known for
	// what it was: its refresh token may be spent.
	Intent time.Time
	// Failure is what the last refresh failed with; nil if it succeeded.
	Failure *Failure
	// Host is the one that was asked for last, as scheme://host[:port], for people: the key does not
	// tell it. It may be "".
	Host string

	// KeptFor is the host whose kept tokens the record holds, as scheme://host[:port], and Kept is
	// each of them, encoded; the latest last.
	KeptFor string
	Kept    []string

	// outdated is set on a record of whose Sources one has changed since.
	outdated bool
}

// A Failure is a refresh that failed, kept so that ten thousand processes back off as
// one.
type Failure struct {
	// Err is what happened.
	Err providers.Error
	// Count is how many refreshes have failed in a row.
	Count int64
	// At is when it happened, Next when the next refresh may be tried.
	At, Next time.Time
	// Interrupted is when an earlier refresh was killed before it could save, if one was.
	Interrupted time.Time
}

// maxRefused bounds how many fingerprints a record keeps.
const maxRefused = 8

// recordKind is the first line of a stored record; its number grows with every change that
// an older sesame would misread.
const recordKind = "sesame token 1"

// Fingerprint names a token without telling it.
func Fingerprint(value providers.Secret) string {
	return digest.Sum("sesame fingerprint", value.Reveal())
}

// IsRefused reports whether a tool's server refused this very token.
func (r *Record) IsRefused(value providers.Secret) bool {
	return len(r.Refused) > 0 && slices.Contains(r.Refused, Fingerprint(value))
}

// Refuse remembers that a tool's server refused the token.
func (r *Record) Refuse(value providers.Secret) {
	r.Refused = append(r.Refused, Fingerprint(value))
	r.Refused = r.Refused[max(0, len(r.Refused)-maxRefused):]
}

// The kinds of error as a stored failure names them.
const (
	kindNotFound    = "not found"
	kindLogin       = "login required"
	kindUnavailable = "unavailable"
)

func kindName(kind error) string {
	switch {
	case errors.Is(kind, providers.ErrNotFound):
		return kindNotFound
	case errors.Is(kind, providers.ErrLoginRequired):
		return kindLogin
	}
	return kindUnavailable
}

func kindOf(name string) error {
	switch name {
	case kindNotFound:
		return providers.ErrNotFound
	case kindLogin:
		return providers.ErrLoginRequired
	}
	return providers.ErrUnavailable
}

// Encode returns the record as text, with the key it belongs to.
func (r *Record) Encode(key string) []byte {
	w := fields.NewWriter(recordKind)
	w.String("key", key)
	if t := r.Token; t != nil {
		w.String("username", t.Username)
		w.String("value", t.Value.Reveal())
		w.String("scheme", t.Scheme)
		w.Time("issued", t.Issued)
		w.Time("expires", t.Expires)
		w.String("state", t.State.Reveal())
	}
	w.String("host", r.Host)
	w.String("kept-for", r.KeptFor)
	for _, token := range r.Kept {
		w.String("kept", token)
	}
	w.Time("obtained", r.Obtained)
	for _, source := range r.Sources {
		w.String("source", source)
	}
	for _, fingerprint := range r.Refused {
		w.String("refused", fingerprint)
	}
	w.Int("refused-quickly", r.Quick)
	w.Time("attempt", r.Attempt)
	w.Time("intent", r.Intent)
	if f := r.Failure; f != nil {
		w.String("failure", kindName(f.Err.Kind))
		w.String("failure-message", f.Err.Message)
		w.String("failure-repair", f.Err.Repair)
		w.Int("failure-retry-after", int64(f.Err.RetryAfter))
		w.Int("failure-count", f.Count)
		w.Time("failure-at", f.At)
		w.Time("failure-next", f.Next)
		w.Time("failure-interrupted", f.Interrupted)
	}
	return w.Bytes()
}

// DecodeRecord reads what Encode wrote for the same key. Anything else is
// [fields.ErrDamaged]. Fields it does not know are ignored.
func DecodeRecord(text, key string) (*Record, error) {
	// One allocation: each size of one is two page faults in a front.
	var decoded struct {
		Record
		token   providers.Token
		failure Failure
	}
	r, token, failure := &decoded.Record, &decoded.token, &decoded.failure
	var named, kind, value, state string
	err := fields.Read(text, recordKind, func(name string, v fields.Value) error {
		switch name {
		case "key":
			return v.String(&named)
		case "username":
			return v.String(&token.Username)
		case "value":
			return v.String(&value)
		case "scheme":
			return v.String(&token.Scheme)
		case "issued":
			return v.Time(&token.Issued)
		case "expires":
			return v.Time(&token.Expires)
		case "state":
			return v.String(&state)
		case "host":
			return v.String(&r.Host)
		case "kept-for":
			return v.String(&r.KeptFor)
		case "kept":
			return v.AppendTo(&r.Kept)
		case "obtained":
			return v.Time(&r.Obtained)
		case "source":
			return v.AppendTo(&r.Sources)
		case "refused":
			return v.AppendTo(&r.Refused)
		case "refused-quickly":
			return v.Int(&r.Quick)
		case "attempt":
			return v.Time(&r.Attempt)
		case "intent":
			return v.Time(&r.Intent)
		case "failure":
			return v.String(&kind)
		}
		return failure.decode(name, v)
	})
	if err != nil || named != key {
		return nil, fields.ErrDamaged
	}
	if value != "" {
		token.Value, token.State = providers.NewSecret(value), providers.NewSecret(state)
		r.Token = token
	}
	if kind != "" {
		failure.Err.Kind = kindOf(kind)
		r.Failure = failure
	}
	return r, nil
}

func (f *Failure) decode(name string, v fields.Value) error {
	switch name {
	case "failure-message":
		return v.String(&f.Err.Message)
	case "failure-repair":
		return v.String(&f.Err.Repair)
	case "failure-retry-after":
		return v.Int((*int64)(&f.Err.RetryAfter))
	case "failure-count":
		return v.Int(&f.Count)
	case "failure-at":
		return v.Time(&f.At)
	case "failure-next":
		return v.Time(&f.Next)
	case "failure-interrupted":
		return v.Time(&f.Interrupted)
	}
	return nil
}
