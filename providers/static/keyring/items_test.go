package keyring

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	system "github.com/zalando/go-keyring"

	"github.com/sesame-auth/sesame/providers"
)

// operations are the calls of the provider, each of which may meet a bad keyring.
func operations(t testing.TB) map[string]func(ctx context.Context, p Provider) error {
	req := request(t, host, "ann")
	return map[string]func(ctx context.Context, p Provider) error{
		"Token": func(ctx context.Context, p Provider) error { _, err := p.Token(ctx, req); return err },
		"Keep":  func(ctx context.Context, p Provider) error { return p.Keep(ctx, req, password("ann", "s3cr3t-new")) },
		"Drop":  func(ctx context.Context, p Provider) error { return p.Drop(ctx, req, providers.Secret{}) },
		"Kept":  func(ctx context.Context, p Provider) error { _, err := p.Kept(ctx, req); return err },
	}
}

// filled returns a keyring that has a token.
func filled(t testing.TB) *fakeRing {
	ring := new(fakeRing)
	keep(t, Provider{ring: ring}, host, "ann", "s3cr3t-old")
	ring.called("")
	return ring
}

// checkMessage sees that an error is what a person and a log may read.
func checkMessage(t *testing.T, err, kind error, mention string) {
	t.Helper()
	e, ok := errors.AsType[*providers.Error](err)
	if !ok || e.Kind != kind || !strings.Contains(e.Message, mention) {
		t.Errorf("error %v, want %v and a mention of %q", err, kind, mention)
		return
	}
	if text := e.Message + e.Repair; strings.Contains(text, "s3cr3t") || strings.ContainsAny(text, "\r\n\x1b") {
		t.Errorf("error %q, repair %q: want one line without a secret", e.Message, e.Repair)
	}
}

// A locked keyring waits for a person, and a build would wait with it.
func TestCallsEndWithinFiveSecondsWhateverHangs(t *testing.T) {
	for name, operation := range operations(t) {
		for at := int32(1); at <= 8; at++ { // Keep makes the most calls
			t.Run(fmt.Sprint(name, " at call ", at), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					ring := filled(t)
					delete(ring.items, service+" "+index) // so that Keep writes twice
					release := make(chan struct{})
					var made atomic.Int32
					ring.before = func(string) error {
						if made.Add(1) == at {
							<-release
						}
						return nil
					}
					start := time.Now()
					err := operation(t.Context(), Provider{ring: ring})
					if made.Load() < at {
						return // it makes fewer calls
					}
					if waited := time.Since(start); waited != limit {
						t.Errorf("it returned after %v, want %v", waited, limit)
					}
					checkMessage(t, err, providers.ErrUnavailable, "did not answer within 5s")
					close(release)
					synctest.Wait()
					if made.Load() > at {
						t.Error("a call came after the one that was given up: another process may be at work by now")
					}
				})
			})
		}
	}
}

// The tool has gone, and its limit with it.
func TestCallsEndWithTheirContext(t *testing.T) {
	for name, operation := range operations(t) {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				release := make(chan struct{})
				defer close(release)
				var made atomic.Int32
				ring := &fakeRing{before: func(string) error { made.Add(1); <-release; return nil }}
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				start := time.Now()
				for range 2 { // the second time after the end
					err := operation(ctx, Provider{ring: ring})
					checkMessage(t, err, providers.ErrUnavailable, "before the request ended")
				}
				synctest.Wait()
				if waited := time.Since(start); waited != time.Second || made.Load() != 1 {
					t.Errorf("it returned after %v and %d calls, want a second and one call", waited, made.Load())
				}
			})
		})
	}
}

// Whatever the library says, a person is told what to do and no file is used instead.
func TestErrorsOfTheKeyringAreExplained(t *testing.T) {
	for _, row := range []struct {
		name    string
		err     error
		kind    error
		mention string
	}{
		{"too big", system.ErrSetDataTooBig, providers.ErrLoginRequired, "larger than an item"},
		{"no keyring on the system", system.ErrUnsupportedPlatform, providers.ErrLoginRequired, "no keyring on this system"},
		{"our own", unavailable("it is locked", "unlock"), providers.ErrUnavailable, "it is locked"},
		{"any other", errors.New("exit\r\nstatus\x1b 1"), providers.ErrUnavailable, "cannot be used: exit  status  1"},
		{"a long one", errors.New(strings.Repeat("x", 1<<20)), providers.ErrUnavailable, "xxx…"},
	} {
		for name, operation := range operations(t) {
			t.Run(row.name+"/"+name, func(t *testing.T) {
				ring := filled(t)
				ring.before = func(string) error { return row.err }
				err := operation(t.Context(), Provider{ring: ring})
				checkMessage(t, err, row.kind, row.mention)
			})
		}
	}
}

// The library panics when the connection breaks while it waits: the plugin would end, with
// every other call in it.
func TestPanicOfTheLibraryIsAnError(t *testing.T) {
	for name, operation := range operations(t) {
		t.Run(name, func(t *testing.T) {
			ring := filled(t)
			ring.before = func(string) error { panic("s3cr3t") }
			checkMessage(t, operation(t.Context(), Provider{ring: ring}), providers.ErrUnavailable, "its library failed")
		})
	}
}

// A write that fails in the middle must not leave a token that no list and no logout finds.
func TestEveryItemStaysInTheIndex(t *testing.T) {
	for name, operation := range operations(t) {
		for at := range 8 {
			t.Run(fmt.Sprint(name, " at call ", at), func(t *testing.T) {
				for _, ring := range []*fakeRing{filled(t), new(fakeRing)} {
					made := 0
					ring.before = func(string) error {
						if made++; made > at {
							return errors.New("gone")
						}
						return nil
					}
					_ = operation(t.Context(), Provider{ring: ring})
					ring.before = nil
					hosts, err := items{ring}.hosts(t.Context())
					if _, ok := ring.items[service+" "+host]; ok && !slices.Contains(hosts, host) {
						t.Errorf("the index has %v, %v, and there is an item for %s", hosts, err, host)
					}
					keep(t, Provider{ring: ring}, host, "ann", "again")
				}
			})
		}
	}
}

// What is left of a host is a name that says where somebody had an account.
func TestDropOfTheLastTokenLeavesNothing(t *testing.T) {
	ring := filled(t)
	keep(t, Provider{ring: ring}, "https://other.example.com", "ann", "1")
	if err := operations(t)["Drop"](t.Context(), Provider{ring: ring}); err != nil {
		t.Fatal(err)
	}
	if _, ok := ring.items[service+" "+host]; ok || ring.items[service+" "+index] != `["https://other.example.com"]` {
		t.Errorf("left is %v", ring.items)
	}
	ring.called("")
	if err := operations(t)["Drop"](t.Context(), Provider{ring: ring}); err != nil {
		t.Errorf("dropped twice: %v", err)
	}
	if calls := ring.called("set", "delete"); len(calls) > 0 {
		t.Errorf("nothing is written: %v", calls)
	}
}
