//go:build linux

package storm

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/providers/pyx/pyxtest"
)

// fails returns the harm of an issuer whose next answer goes wrong.
func fails(f pyxtest.Fault) func(*testing.T, *house) {
	return func(_ *testing.T, h *house) { h.server.Fail(f) }
}

// strict opens a house whose issuer gives no grace.
func strict(t *testing.T) *house {
	t.Helper()
	return newHouse(t, pyxtest.Config{})
}

// Whatever an issuer does, a token in hand is served, and without one the caller is told what
// happened and when the next try is due.
func TestFaultsOfTheIssuerAreAnswered(t *testing.T) {
	t.Parallel()
	row := func(name string, f pyxtest.Fault, says string) []fault {
		return []fault{
			{name: name + ", nothing in hand", harm: fails(f), says: says, left: expired},
			{name: name + ", a token in hand", harm: fails(f), says: says, left: ending, token: true},
		}
	}
	var faults []fault
	for _, more := range [][]fault{
		row("500", pyxtest.Fault{Status: 500}, "500 Internal Server Error; next try in"),
		row("connection dropped", pyxtest.Fault{Drop: true}, "closed before the answer; next try in"),
		row("64 MiB of answer", pyxtest.Fault{Zeros: 64 << 20}, "over 1024 KiB; next try in"),
		row("gzip bomb", pyxtest.Fault{Zeros: int64(scale("FAULT", 4, 64)) << 20, Gzip: true}, "not the JSON of tokens; next try in"),
		row("not JSON", pyxtest.Fault{Body: "<html>"}, "not the JSON of tokens; next try in"),
		row("slow headers", pyxtest.Fault{StallHeaders: true}, "the refresh took too long"),
	} {
		faults = append(faults, more...)
	}
	if fullFaults() {
		slow := pyxtest.Fault{StallBody: true, Body: `{"access_token":`}
		faults = append(faults, row("slow body", slow, "the refresh took too long")...)
	}
	tryAll(t, faults, strict)
}

// The refresh token is in the body of the request, and would go wherever a redirect points.
func TestFaultRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	var visits atomic.Int32
	sink := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { visits.Add(1) }))
	defer sink.Close()
	var faults []fault
	for _, status := range []int{301, 302, 303, 307, 308} {
		f := pyxtest.Fault{Status: status, Location: sink.URL + "/auth/cli/refresh"}
		faults = append(faults, fault{
			name: http.StatusText(status), harm: fails(f), left: expired, says: "a redirect, which is not followed",
		})
	}
	tryAll(t, faults, strict)
	if n := visits.Load(); n > 0 {
		t.Errorf("%d requests followed a redirect", n)
	}
}

// An issuer's own word on when to come back is kept for every process, and none can
// shut them out for longer than an hour.
func TestFaultRetryAfterIsKept(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, header string
		least, most  time.Duration
	}{
		{"seconds", "120", 2 * time.Minute, 2 * time.Minute},
		{"a date", time.Now().Add(30 * time.Minute).UTC().Format(http.TimeFormat), 10 * time.Minute, 30 * time.Minute},
		{"garbage", "soon", time.Second / 2, time.Second},
		{"a billion", "1000000000", time.Hour, time.Hour},
		{"negative", "-5", time.Second / 2, time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := strict(t)
			h.mustCall(t)
			h.wantQuiet(t)
			h.age(t, expired)
			h.server.FailAlways(pyxtest.Fault{Status: 429, RetryAfter: test.header})
			got := h.call(t)
			if !strings.Contains(got.complaint, "429 Too Many Requests; next try in") {
				t.Errorf("the call said %q", got.complaint)
			}
			record, err := h.record(t)
			if err != nil || record.Failure == nil {
				t.Fatalf("record %+v: %v", record, err)
			}
			if wait := record.Failure.Next.Sub(record.Failure.At); wait < test.least || wait > test.most {
				t.Errorf("the next try is due after %v, want %v to %v", wait, test.least, test.most)
			}
			h.wantNothingLeft(t)
		})
	}
}

// Two hundred builds go on through an outage, and the issuer that comes back is not trampled.
func TestFaultOutageIsOutlivedByAValidToken(t *testing.T) {
	t.Parallel()
	h := strict(t)
	h.mustCall(t)
	h.wantQuiet(t)
	h.age(t, expiring)
	h.server.FailAlways(pyxtest.Fault{Status: 503})
	before, begin := h.server.Counts().Requests, time.Now()
	for i := range scale("FAULT", 40, 200) {
		if got := h.call(t); got.token == "" {
			t.Fatalf("call %d said %q", i, got.complaint)
		}
	}
	h.wantQuiet(t)
	// Thirty seconds lie between two tries, whatever this machine is doing.
	most := 1 + int(time.Since(begin)/(30*time.Second))
	if tries := h.server.Counts().Requests - before; tries < 1 || tries > most {
		t.Errorf("%d requests, want 1 to %d", tries, most)
	}
}

// With nothing in hand each call fails at once between two tries, and says when the next is due.
func TestFaultOutageWithoutATokenFailsAtOnceBetweenTries(t *testing.T) {
	t.Parallel()
	h := strict(t)
	h.mustCall(t)
	h.wantQuiet(t)
	h.age(t, expired)
	h.server.FailAlways(pyxtest.Fault{Status: 500})
	before, begin := h.server.Counts().Requests, time.Now()
	calls := scale("FAULT", 40, 200)
	for i := range calls {
		if got := h.call(t); got.token != "" || !strings.Contains(got.complaint, "next try in") {
			t.Fatalf("call %d: %+v", i, got)
		}
	}
	h.wantQuiet(t)
	// Jitter halves the back-off: half a second is the shortest pause.
	most := 1 + int(time.Since(begin)/(time.Second/2))
	if tries := h.server.Counts().Requests - before; tries < 1 || tries > most {
		t.Errorf("%d requests for %d calls, want 1 to %d", tries, calls, most)
	}
}
