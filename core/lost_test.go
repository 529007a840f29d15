package core

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sesame-auth/sesame/providers"
)

// goneError is the failure of a plugin that ended without an answer, as the host tells it.
type goneError struct{ error }

func (e goneError) Unwrap() error { return e.error }
func (e goneError) InDoubt() bool { return true }

// A plugin that is killed between the issuer's answer and its own has spent the refresh token for nothing, as a
// killed refresher has. The person who must log in again for it is told so, and is told nothing of the kind otherwise.
func TestPluginThatEndedWithoutAnAnswerIsNamedWhenTheLoginIsGone(t *testing.T) {
	failed := &providers.Error{Kind: providers.ErrUnavailable, Message: "it failed"}
	for _, row := range []struct {
		name  string
		err   error
		named bool
	}{
		{"ended", goneError{failed}, true},
		{"ended, and said so in other words", errors.Join(errors.New("the call"), goneError{failed}), true},
		{"answered with an error", failed, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHouse(t, 5*time.Minute)
				h.issuer.err = row.err
				for range 2 {
					if _, err := h.get(t); err == nil || strings.Contains(err.Error(), "interrupted at") {
						t.Errorf("got %v, want the failure alone", err)
					}
					time.Sleep(expiredCap)
				}
				h.issuer.err = &providers.Error{Kind: providers.ErrLoginRequired, Message: "the refresh token is spent"}
				if _, err := h.get(t); err == nil || strings.Contains(err.Error(), "interrupted at") != row.named {
					t.Errorf("got %v; want the interruption named: %t", err, row.named)
				}
			})
		})
	}
}

// refreshOnce has a provider that gives this answer asked for a key that has that token, and returns what is
// on record then.
func refreshOnce(t *testing.T, before, answer *providers.Token, refused ...string) *Record {
	t.Helper()
	h, q := newHouse(t, 5*time.Minute), new(Query)
	u, err := providers.ParseURL(houseURL)
	if err == nil {
		err = h.Finder.Find(q, u, "")
	}
	if err == nil {
		err = h.store.Save(q.Key, &Record{Token: before, Obtained: time.Now().Add(-time.Hour), Refused: refused})
	}
	if err != nil {
		t.Fatal(err)
	}
	r := Refresher{
		Store: h.store, Getenv: h.Finder.Getenv, Random: func() float64 { return 1 },
		Open: func(context.Context, *Query) (providers.Provider, io.Closer, error) {
			return answers{answer}, io.NopCloser(nil), nil
		},
		Done: func(Outcome) {},
	}
	r.Refresh(t.Context(), q, time.Time{})
	record, err := h.store.Load(q.Key)
	if err != nil || record.Failure == nil || !errors.Is(record.Failure.Err.Kind, providers.ErrUnavailable) {
		t.Fatalf("got %+v, %v; want a failure on record", record, err)
	}
	return record
}

// The server has rotated the refresh token, and what came with it is of no use. Whoever forgets the new one with the rest
// spends the old one again, and the login is over.
func TestRefreshTokenOfAnAnswerThatIsRefusedIsKept(t *testing.T) {
	now := time.Now()
	held := func() *providers.Token {
		return &providers.Token{Value: providers.NewSecret("old"), State: providers.NewSecret("R1"), Expires: now.Add(time.Minute)}
	}
	answer := func(value, state string, left time.Duration) *providers.Token {
		return &providers.Token{Value: providers.NewSecret(value), State: providers.NewSecret(state), Expires: now.Add(left)}
	}
	for _, row := range []struct {
		name           string
		before, answer *providers.Token
		value, state   string // on record, afterwards
	}{
		{"expired", held(), answer("new", "R2", -time.Minute), "old", "R2"},
		{"not printable", held(), answer("a\nb", "R2", time.Hour), "old", "R2"},
		{"empty", held(), answer("", "R2", time.Hour), "old", "R2"},
		{"refused by a tool's server before", held(), answer("dead", "R2", time.Hour), "old", "R2"},
		{"with no state of its own", held(), answer("a\nb", "", time.Hour), "old", "R1"},
		{"with a state too long to store", held(), answer("a\nb", strings.Repeat("R", maxState+1), time.Hour), "old", "R1"},
		{"no answer at all", held(), nil, "old", "R1"},
		{"nothing in hand, expired", nil, answer("new", "R2", -time.Minute), "new", "R2"},
		{"nothing in hand, refused before", nil, answer("dead", "R2", time.Hour), "dead", "R2"},
	} {
		t.Run(row.name, func(t *testing.T) {
			record := refreshOnce(t, row.before, row.answer, Fingerprint(providers.NewSecret("dead")))
			if record.Token == nil || record.Token.Value.Reveal() != row.value || record.Token.State.Reveal() != row.state {
				t.Fatalf("got %+v; want %s and %s", record.Token, row.value, row.state)
			}
			verdict := Policy{}.Judge(record, now)
			if verdict.Usable() != (row.before != nil) {
				t.Errorf("it is %s", verdict)
			}
		})
	}
	if record := refreshOnce(t, nil, answer("a\nb", "R2", time.Hour)); record.Token != nil {
		t.Error("a token that breaks a protocol's framing is in the store")
	}
}
