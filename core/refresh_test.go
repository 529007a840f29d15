package core

import (
	"errors"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/providers"
)

var start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// tokenOf returns a record of a token that was issued at start.
func tokenOf(lifetime time.Duration) *Record {
	return &Record{
		Token: &providers.Token{
			Value: providers.NewSecret("T"), Issued: start, Expires: start.Add(lifetime),
		},
		Obtained: start, Attempt: start,
	}
}

// A window that is a second off is a storm of refreshes, or a token that dies in use.
func TestWindowFollowsTheNumbersOfThePolicy(t *testing.T) {
	for _, row := range []struct {
		name                         string
		tolerance, lifetime          time.Duration
		wantDue, wantStretch, wantFl time.Duration
		wantCapped                   bool
	}{
		{"an hour under the default", 5 * time.Minute, time.Hour, 5 * time.Minute, time.Minute, 30 * time.Second, false},
		{"an hour under Bazel's half", 30 * time.Minute, time.Hour, 30 * time.Minute, time.Minute, 30 * time.Second, false},
		{"a nanosecond over half is capped", 30*time.Minute + 1, time.Hour, 30 * time.Minute, time.Minute, 30 * time.Second, true},
		{"a minute under half an hour", 30 * time.Minute, time.Minute, 30 * time.Second, 6 * time.Second, 30 * time.Second, true},
		{"ten seconds", 5 * time.Minute, 10 * time.Second, 5 * time.Second, time.Second, 5 * time.Second, true},
		{"no tolerance", 0, time.Hour, 0, 0, 30 * time.Second, false},
		{"a tolerance under the stretch", 7 * time.Second, time.Hour, 7 * time.Second, 7 * time.Second, 30 * time.Second, false},
		{"a day", 24 * time.Hour, 48 * time.Hour, 24 * time.Hour, time.Minute, 30 * time.Second, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := tokenOf(row.lifetime)
			w := Policy{Tolerance: row.tolerance}.Window(r.Token, r.Obtained)
			if w.Due != row.wantDue || w.Stretch != row.wantStretch || w.Floor != row.wantFl || w.Capped != row.wantCapped {
				t.Errorf("got W %v H %v F %v capped %v, want W %v H %v F %v capped %v",
					w.Due, w.Stretch, w.Floor, w.Capped,
					row.wantDue, row.wantStretch, row.wantFl, row.wantCapped)
			}
		})
	}
}

func TestWindowOfATokenThatDoesNotSay(t *testing.T) {
	expires := start.Add(time.Hour)
	for _, row := range []struct {
		name         string
		policy       Policy
		token        providers.Token
		obtained     time.Time
		wantLifetime time.Duration
		wantExpires  time.Time
	}{
		{"no expiry", Policy{}, providers.Token{}, start, 300 * time.Second, start.Add(300 * time.Second)},
		{"no expiry, but an issue", Policy{}, providers.Token{Issued: start.Add(-time.Minute)}, start,
			300 * time.Second, start.Add(240 * time.Second)},
		{"the route's lifetime", Policy{Lifetime: 50 * time.Minute}, providers.Token{}, start,
			50 * time.Minute, start.Add(50 * time.Minute)},
		{"no issue: from when it was obtained", Policy{}, providers.Token{Expires: expires}, start,
			time.Hour, expires},
		{"nothing known of its begin", Policy{}, providers.Token{Expires: expires}, time.Time{},
			300 * time.Second, expires},
		{"an issue after its end", Policy{}, providers.Token{Issued: expires.Add(1), Expires: expires}, start,
			300 * time.Second, expires},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := row.policy.Window(&row.token, row.obtained)
			if w.Lifetime != row.wantLifetime || !w.Expires.Equal(row.wantExpires) {
				t.Errorf("got %v until %v, want %v until %v", w.Lifetime, w.Expires, row.wantLifetime, row.wantExpires)
			}
		})
	}
}

// The edges decide between one refresh and a thousand, so each is tried to the nanosecond.
func TestJudgeIsExactAtItsEdges(t *testing.T) {
	hour, expires := tokenOf(time.Hour), start.Add(time.Hour)
	refused := tokenOf(time.Hour)
	refused.Refuse(refused.Token.Value)
	outdated := tokenOf(time.Hour)
	outdated.outdated = true
	five := Policy{Tolerance: 5 * time.Minute}
	for _, row := range []struct {
		name   string
		policy Policy
		record *Record
		left   time.Duration
		want   Verdict
	}{
		{"no record", five, nil, time.Hour, Absent},
		{"no token", five, &Record{}, time.Hour, Absent},
		{"whole", five, hour, time.Hour, Fresh},
		{"exactly W left", five, hour, 5 * time.Minute, Fresh},
		{"a nanosecond less than W", five, hour, 5*time.Minute - 1, Expiring},
		{"exactly H left", five, hour, time.Minute, Expiring},
		{"a nanosecond less than H", five, hour, time.Minute - 1, Ending},
		{"a nanosecond left", five, hour, 1, Ending},
		{"nothing left", five, hour, 0, Expired},
		{"over", five, hour, -1, Expired},
		{"no tolerance, a nanosecond left", Policy{}, hour, 1, Fresh},
		{"no tolerance, nothing left", Policy{}, hour, 0, Expired},
		{"refused, though whole", five, refused, time.Hour - 1, Refused},
		{"another program logged in", five, outdated, time.Hour - 1, Expiring},
		{"the clock was set back", five, hour, time.Hour + 1, Expiring},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := row.policy.Judge(row.record, expires.Add(-row.left)); got != row.want {
				t.Errorf("got %v, want %v", got, row.want)
			}
		})
	}
}

// with returns a record with a failure that happened so long before its next try.
func with(r *Record, e providers.Error, at, next time.Time) *Record {
	r.Failure = &Failure{Err: e, Count: 1, At: at, Next: next}
	r.Attempt = at
	return r
}

func TestDecideIsTheTableOfThePolicy(t *testing.T) {
	five := Policy{Tolerance: 5 * time.Minute}
	now := start.Add(55*time.Minute + time.Second) // expiring
	ending := start.Add(time.Hour - time.Second)
	over := start.Add(time.Hour)
	later := providers.Error{Kind: providers.ErrUnavailable}
	asked := providers.Error{Kind: providers.ErrUnavailable, RetryAfter: time.Minute}
	login := providers.Error{Kind: providers.ErrLoginRequired}
	tried := func(at time.Time) *Record {
		r := tokenOf(time.Hour)
		r.Attempt = at
		return r
	}
	for _, row := range []struct {
		name   string
		record *Record
		now    time.Time
		want   Action
	}{
		{"fresh", tokenOf(time.Hour), start, Serve},
		{"expiring", tokenOf(time.Hour), now, Elect},
		{"expiring, asked F ago", tried(now.Add(-30 * time.Second)), now, Elect},
		{"expiring, asked a nanosecond less than F ago", tried(now.Add(1 - 30*time.Second)), now, Serve},
		{"expiring, asked in the future", tried(now.Add(time.Hour)), now, Elect},
		{"expiring, backing off", with(tokenOf(time.Hour), later, now.Add(-time.Minute), now.Add(1)), now, Serve},
		{"expiring, back-off over", with(tokenOf(time.Hour), later, now.Add(-time.Minute), now), now, Elect},
		{"expiring, login required", with(tokenOf(time.Hour), login, now.Add(-time.Second), now.Add(59*time.Second)), now, Serve},
		{"ending", tokenOf(time.Hour), ending, Wait},
		{"ending, backing off", with(tokenOf(time.Hour), later, ending.Add(-1), ending.Add(time.Second)), ending, Serve},
		{"ending, back-off over within F", with(tokenOf(time.Hour), later, ending.Add(-time.Second), ending), ending, Wait},
		{"ending, renewed within F", tried(ending.Add(-time.Second)), ending, Serve},
		{"expired", tokenOf(time.Hour), over, Wait},
		{"expired, asked within F", tried(over.Add(-1)), over, Wait},
		{"expired, backing off", with(tokenOf(time.Hour), later, over.Add(-1), over.Add(time.Second)), over, Fail},
		{"expired, backing off for longer than ten seconds", with(tokenOf(time.Hour), later, over.Add(-10*time.Second), over.Add(50*time.Second)), over, Wait},
		{"expired, a nanosecond before those", with(tokenOf(time.Hour), later, over.Add(1-10*time.Second), over.Add(50*time.Second)), over, Fail},
		{"expired, the issuer asked for a minute", with(tokenOf(time.Hour), asked, over.Add(-50*time.Second), over.Add(10*time.Second)), over, Fail},
		{"expired, login required", with(tokenOf(time.Hour), login, over.Add(-50*time.Second), over.Add(10*time.Second)), over, Fail},
		{"expired, login was required a minute ago", with(tokenOf(time.Hour), login, over.Add(-time.Minute), over), over, Wait},
		{"expired, the failure lies in the future", with(tokenOf(time.Hour), later, over.Add(time.Hour), over.Add(2*time.Hour)), over, Wait},
		{"absent", nil, start, Wait},
		{"absent, backing off", with(&Record{}, later, start, start.Add(time.Second)), start, Fail},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got, verdict := five.Decide(row.record, row.now, time.Time{}); got != row.want {
				t.Errorf("got %v for %v, want %v", got, verdict, row.want)
			}
		})
	}
}

func TestDecideForcedWantsATokenFromAfterTheAsking(t *testing.T) {
	five := Policy{Tolerance: 5 * time.Minute}
	now := start.Add(time.Minute)
	failure := providers.Error{Kind: providers.ErrUnavailable}
	for _, row := range []struct {
		name   string
		record *Record
		forced time.Time
		want   Action
	}{
		{"obtained after", tokenOf(time.Hour), start.Add(-1), Serve},
		{"obtained at that moment", tokenOf(time.Hour), start, Wait},
		{"obtained before", tokenOf(time.Hour), start.Add(1), Wait},
		{"absent", nil, start, Wait},
		{"failed after", with(tokenOf(time.Hour), failure, now, now.Add(time.Second)), start.Add(1), Fail},
		{"failed before, backing off", with(tokenOf(time.Hour), failure, start, now.Add(time.Hour)), start.Add(1), Wait},
		{"obtained after, but dead", tokenOf(time.Second), start.Add(-1), Wait},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got, _ := five.Decide(row.record, now, row.forced); got != row.want {
				t.Errorf("got %v, want %v", got, row.want)
			}
		})
	}
}

func TestBackoffDoublesIsCappedAndObeysTheIssuer(t *testing.T) {
	transient := providers.Error{Kind: providers.ErrUnavailable}
	for _, row := range []struct {
		name   string
		err    providers.Error
		count  int64
		usable bool
		random float64
		want   time.Duration
	}{
		{"first", transient, 1, true, 1, time.Second},
		{"first, jittered most", transient, 1, true, 0, time.Second / 2},
		{"third", transient, 3, true, 1, 4 * time.Second},
		{"seventh", transient, 7, true, 1, time.Minute},
		{"thousandth", transient, 1000, true, 1, time.Minute},
		{"seventh with nothing in hand", transient, 7, false, 1, 10 * time.Second},
		{"the issuer's word", providers.Error{Kind: providers.ErrUnavailable, RetryAfter: 2 * time.Minute}, 1, false, 0, 2 * time.Minute},
		{"the issuer's word, too short", providers.Error{Kind: providers.ErrUnavailable, RetryAfter: 1}, 9, true, 0, time.Second},
		{"the issuer's word, too long", providers.Error{Kind: providers.ErrUnavailable, RetryAfter: 1e9 * time.Second}, 1, true, 0, time.Hour},
		{"a refusal for good", providers.Error{Kind: providers.ErrLoginRequired}, 5, true, 0, time.Minute},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := backoff(&row.err, row.count, row.usable, row.random); got != row.want {
				t.Errorf("got %v, want %v", got, row.want)
			}
		})
	}
}

func TestPrintableCannotMoveACursorOrEndALine(t *testing.T) {
	got := Printable("a\x1b[2J\r\nb\x00\u202ec\u0085\xff")
	if want := "a?[2J? b??c??"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Whoever knows a kind must still know it after it was stored.
func TestFailureKeepsItsKind(t *testing.T) {
	for _, kind := range []error{providers.ErrNotFound, providers.ErrLoginRequired, providers.ErrUnavailable} {
		r := with(&Record{}, providers.Error{Kind: kind, Message: "m", Repair: "r", RetryAfter: 3}, start, start.Add(1))
		r.Failure.Interrupted = start
		got, err := DecodeRecord(string(r.Encode("k")), "k")
		if err != nil {
			t.Fatal(err)
		}
		if got.Failure == nil || !errors.Is(&got.Failure.Err, kind) || got.Failure.Err != r.Failure.Err ||
			!got.Failure.Interrupted.Equal(start) || !got.Failure.Next.Equal(r.Failure.Next) {
			t.Errorf("got %+v, want %+v", got.Failure, r.Failure)
		}
	}
}
