package core

import (
	"errors"
	"time"

	"github.com/sesame-auth/sesame/providers"
)

// The numbers of the policy. docs/architecture.md has the reason for each.
const (
	// DefaultTolerance is how much longer a token must be valid to be used without a
	// refresh, where nobody said otherwise: one number for every protocol and provider.
	DefaultTolerance = 5 * time.Minute
	// MaxTolerance is the largest tolerance that is accepted.
	MaxTolerance = 24 * time.Hour
	// DefaultLifetime is how long a token counts as living if its provider does not say.
	DefaultLifetime = 300 * time.Second

	maxStretch    = 60 * time.Second // H, at most
	maxFloor      = 30 * time.Second // F, at most
	electedWait   = 2 * time.Second  // how long an expiring token's one refresher is waited for
	firstBackoff  = time.Second
	maxBackoff    = 60 * time.Second
	expiredCap    = 10 * time.Second // the longest back-off with nothing in hand
	refusalMemory = 60 * time.Second // how long a permanent refusal is remembered
	minRetryAfter = time.Second
	maxRetryAfter = time.Hour
	minReport     = 30 * time.Second // what a tool is told is at least this far ahead
)

// A Policy decides when a token is due. It is the only code that knows a tolerance.
type Policy struct {
	// Tolerance is how much longer a token must be valid to be used without a
	// refresh; zero means until it expires.
	Tolerance time.Duration
	// Lifetime is how long a token without an expiry counts as living, from its
	// issue; zero means DefaultLifetime.
	Lifetime time.Duration
}

// A Verdict says what a stored token is good for.
type Verdict int

// The verdicts, from best to worst.
const (
	Fresh    Verdict = iota // served: no lock, no process, no write
	Expiring                // one caller refreshes; everybody else is served
	Ending                  // all wait for one refresh; if it fails they are served
	Expired                 // all wait for one refresh; if it fails there is an error
	Refused                 // the tool's server refused this very token: as expired
	Absent                  // there is none: as expired
)

// String returns the verdict's name.
func (v Verdict) String() string {
	return [...]string{"fresh", "expiring", "ending", "expired", "refused", "absent"}[v]
}

// Usable reports whether a token with this verdict may still be handed out.
func (v Verdict) Usable() bool { return v <= Ending }

// patience is the longest that a transient failure holds the next try back: with a usable token in
// hand as long as it says, without one ten seconds.
func (v Verdict) patience() time.Duration {
	if v.Usable() {
		return maxRetryAfter
	}
	return expiredCap
}

// A Window holds the moments of one token's life that the policy goes by.
type Window struct {
	Lifetime time.Duration // L: the token's own, or what it counts as
	Due      time.Duration // W: a refresh is due in this time before expiry
	Stretch  time.Duration // H: the last stretch, in which all wait for the refresh
	Floor    time.Duration // F: the least time between two refreshes
	Expires  time.Time     // when the token ends, or counts as ended
	Capped   bool          // W is L/2 because the tolerance is more than that
}

// Window returns the window of a token that was obtained at the given moment.
func (p Policy) Window(t *providers.Token, obtained time.Time) Window {
	var w Window
	begin := t.Issued
	if begin.IsZero() {
		begin = obtained
	}
	if w.Expires = t.Expires; w.Expires.IsZero() {
		w.Lifetime = p.Lifetime
		if w.Lifetime == 0 {
			w.Lifetime = DefaultLifetime
		}
		w.Expires = begin.Add(w.Lifetime)
	} else if w.Lifetime = w.Expires.Sub(begin); begin.IsZero() || w.Lifetime <= 0 {
		w.Lifetime = DefaultLifetime
	}
	w.Due = min(p.Tolerance, w.Lifetime/2)
	w.Capped = p.Tolerance > w.Lifetime/2
	w.Stretch = min(maxStretch, w.Lifetime/10, p.Tolerance)
	w.Floor = min(maxFloor, w.Lifetime/2)
	return w
}

// Judge returns the verdict on the record's token.
func (p Policy) Judge(r *Record, now time.Time) Verdict {
	if r == nil || r.Token == nil {
		return Absent
	}
	if r.IsRefused(r.Token.Value) {
		return Refused
	}
	w := p.Window(r.Token, r.Obtained)
	left := w.Expires.Sub(now)
	switch {
	case left <= 0:
		return Expired
	case left < w.Stretch:
		return Ending
	case left < w.Due || r.outdated || now.Before(r.Obtained):
		// A clock that was set back says nothing about how long the token has left, and
		// after a login by another program there is a better one.
		return Expiring
	}
	return Fresh
}

// An Action is what a caller does next.
type Action int

// The actions.
const (
	Serve Action = iota // answer with the token in hand
	Elect               // try the lock once; whoever gets it refreshes
	Wait                // wait for the lock, look again, refresh
	Fail                // answer with the failure on record
)

// Decide returns what to do about a record, and the verdict on its token. It is asked twice: on
// first sight, and again under the lock. A forced caller wants a token
// obtained after the moment of asking; for others forced is the zero time.
func (p Policy) Decide(r *Record, now, forced time.Time) (Action, Verdict) {
	verdict := p.Judge(r, now)
	if !forced.IsZero() {
		return p.decideForced(r, forced, verdict), verdict
	}
	switch verdict {
	case Fresh:
		return Serve, verdict
	case Expiring:
		if r.backingOff(now, verdict.patience()) || p.tooSoon(r, now) {
			return Serve, verdict
		}
		return Elect, verdict
	case Ending:
		if r.backingOff(now, verdict.patience()) || r.renewed() && p.tooSoon(r, now) {
			return Serve, verdict
		}
		return Wait, verdict
	}
	if r.backingOff(now, verdict.patience()) {
		return Fail, verdict
	}
	return Wait, verdict
}

func (p Policy) decideForced(r *Record, forced time.Time, verdict Verdict) Action {
	switch {
	case r != nil && r.Token != nil && r.Obtained.After(forced) && verdict.Usable():
		return Serve
	case r != nil && r.Failure != nil && r.Failure.At.After(forced):
		return Fail
	}
	return Wait
}

// renewed reports whether the last attempt ended, and well.
func (r *Record) renewed() bool { return r.Failure == nil && r.Intent.IsZero() }

// tooSoon reports whether the provider was asked less than F ago, with what it has now.
func (p Policy) tooSoon(r *Record, now time.Time) bool {
	if r.outdated {
		return false
	}
	floor := p.Window(r.Token, r.Obtained).Floor
	return !now.Before(r.Attempt) && now.Before(r.Attempt.Add(floor))
}

// backingOff reports whether a failure on record forbids another try now. Without
// a usable token a transient failure is held against it no longer than limit.
func (r *Record) backingOff(now time.Time, limit time.Duration) bool {
	return r != nil && r.Failure != nil &&
		!now.Before(r.Failure.At) && now.Before(r.Failure.next(limit))
}

// next returns when the next try is due. The limit does not touch what an issuer asked for,
// nor a refusal that only a person can mend.
func (f *Failure) next(limit time.Duration) time.Time {
	if f.Err.RetryAfter > 0 || !errors.Is(f.Err.Kind, providers.ErrUnavailable) {
		return f.Next
	}
	if latest := f.At.Add(limit); f.Next.After(latest) {
		return latest
	}
	return f.Next
}

// backoff returns how long after a failure the next try is due: one second,
// doubled with every failure in a row, jittered down to half of it by random in [0,1).
func backoff(e *providers.Error, count int64, usable bool, random float64) time.Duration {
	if e.RetryAfter > 0 {
		return min(max(e.RetryAfter, minRetryAfter), maxRetryAfter)
	}
	if !errors.Is(e.Kind, providers.ErrUnavailable) {
		return refusalMemory
	}
	limit := maxBackoff
	if !usable {
		limit = expiredCap
	}
	d := min(firstBackoff<<min(count-1, 10), limit)
	return d/2 + time.Duration(random*float64(d/2))
}

// Report returns the time until which a tool may keep the token: it comes back when a
// refresh is due, or in half a minute where one is overdue, and never keeps it
// into the last stretch. Zero where the token has no expiry.
func (p Policy) Report(t *providers.Token, obtained, now time.Time) time.Time {
	if t.Expires.IsZero() {
		return time.Time{}
	}
	w := p.Window(t, obtained)
	report := w.Expires.Add(-w.Due)
	if soon := now.Add(minReport); report.Before(soon) {
		report = soon
	}
	if last := w.Expires.Add(-w.Stretch); report.After(last) {
		report = last
	}
	if !report.After(now) {
		report = w.Expires // the last stretch has begun, and nothing better could be had
	}
	return wholeSecond(report, now)
}

// wholeSecond cuts a report to the second, since that is all that tools read, but
// never to a moment that has passed: Bazel would ask again for every request.
func wholeSecond(report, now time.Time) time.Time {
	report = report.Truncate(time.Second)
	if !report.After(now) {
		report = now.Truncate(time.Second).Add(time.Second)
	}
	return report
}
