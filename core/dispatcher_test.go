package core

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sesame-auth/sesame/core/routes"
	"github.com/sesame-auth/sesame/providers"
)

// many calls fn at once and waits for all.
func many(n int, fn func(i int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { fn(i) })
	}
	wg.Wait()
}

func TestFreshTokenIsServedWithoutALockOrAWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, 5*time.Minute)
		h.want(t, "token-a")
		saves, locks := h.store.saves, h.store.locked
		time.Sleep(55 * time.Minute)
		many(100, func(int) { h.want(t, "token-a") })
		if h.store.saves != saves || h.store.locked != locks || h.issuer.count() != 1 {
			t.Errorf("%d saves, %d locks, %d refreshes for fresh tokens",
				h.store.saves-saves, h.store.locked-locks, h.issuer.count()-1)
		}
	})
}

func TestOneRefreshHoweverManyAskForAnExpiredToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, 5*time.Minute)
		h.issuer.latency = 300 * time.Millisecond
		many(1000, func(int) { h.want(t, "token-a") })
		time.Sleep(time.Hour)
		many(1000, func(int) { h.want(t, "token-b") })
		if got := h.issuer.count(); got != 2 {
			t.Errorf("%d refreshes, want 2", got)
		}
	})
}

// The tool is told when to come back: with the token it has then, a refresh is due.
func TestServedTokenTellsWhenTheNextRefreshIsDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, 5*time.Minute)
		token, err := h.get(t)
		if err != nil {
			t.Fatal(err)
		}
		if want := time.Now().Add(55 * time.Minute); !token.Expires.Equal(want) {
			t.Errorf("told %v, want %v", token.Expires, want)
		}
	})
}

func TestExpiringTokenIsRefreshedByOneAndServedToAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, 5*time.Minute)
		h.want(t, "token-a")
		time.Sleep(56 * time.Minute)
		h.issuer.latency = time.Second
		var mu sync.Mutex
		served := map[string]int{}
		begin := time.Now()
		many(100, func(int) {
			token, err := h.get(t)
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			served[token.Value.Reveal()]++
		})
		if served["token-b"] != 1 || served["token-a"] != 99 || time.Since(begin) != time.Second {
			t.Errorf("served %v in %v; want the old one to 99, at once", served, time.Since(begin))
		}
		h.want(t, "token-b")
	})
}

// A slow issuer must not hold up a build that has a good token.
func TestExpiringTokenIsServedWhenItsRefreshIsSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, 5*time.Minute)
		h.want(t, "token-a")
		time.Sleep(56 * time.Minute)
		h.issuer.latency = 10 * time.Second
		begin := time.Now()
		h.want(t, "token-a")
		if waited := time.Since(begin); waited != 2*time.Second {
			t.Errorf("waited %v, want 2s", waited)
		}
		time.Sleep(9 * time.Second)
		h.want(t, "token-b") // the refresh went on
	})
}

func TestFailingIssuerIsAskedRarelyWhileTheTokenIsGood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, 15*time.Minute)
		h.want(t, "token-a")
		time.Sleep(46 * time.Minute)
		h.issuer.err = &providers.Error{Kind: providers.ErrUnavailable, Message: "the issuer is down"}
		for range 600 {
			h.want(t, "token-a")
			time.Sleep(time.Second)
		}
		if got := h.issuer.count() - 1; got < 5 || got > 20 {
			t.Errorf("%d attempts in ten minutes, want 5 to 20", got)
		}
		if len(h.warnings) != 0 {
			t.Errorf("warned of a token that has minutes left: %q", h.warnings)
		}
	})
}

func TestEndingTokenIsServedWithOneWarningWhenItsRefreshFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, 5*time.Minute)
		h.want(t, "token-a")
		time.Sleep(59*time.Minute + 10*time.Second)
		h.issuer.err = &providers.Error{Kind: providers.ErrUnavailable, Message: "the issuer is down"}
		h.want(t, "token-a")
		if len(h.warnings) != 1 || !strings.Contains(h.warnings[0], "the issuer is down") {
			t.Errorf("warned %q, want once, with the cause", h.warnings)
		}
		time.Sleep(time.Second / 4) // backing off: the next caller is told too
		h.want(t, "token-a")
		if len(h.warnings) != 2 || h.issuer.count() != 2 {
			t.Errorf("warned %q after %d refreshes", h.warnings, h.issuer.count())
		}
	})
}

func TestEndingTokenIsRefreshedWhileAllWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, 5*time.Minute)
		h.want(t, "token-a")
		time.Sleep(59*time.Minute + 10*time.Second)
		h.issuer.latency = time.Second
		many(100, func(int) { h.want(t, "token-b") })
		if got := h.issuer.count(); got != 2 {
			t.Errorf("%d refreshes, want 2", got)
		}
	})
}

func TestExpiredTokenIsNeverServedAndFailuresAreShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, 5*time.Minute)
		h.want(t, "token-a")
		time.Sleep(time.Hour)
		h.issuer.err = &providers.Error{Kind: providers.ErrUnavailable, Message: "the issuer is down"}
		for range 600 {
			many(10, func(int) {
				_, err := h.get(t)
				if !errors.Is(err, providers.ErrUnavailable) || !strings.Contains(err.Error(), "the issuer is down") {
					t.Errorf("got %v, want the cause", err)
				}
			})
			time.Sleep(time.Second)
		}
		if got := h.issuer.count() - 1; got < 60 || got > 125 {
			t.Errorf("%d attempts in ten minutes, want 60 to 125", got)
		}
		h.issuer.err = nil
		time.Sleep(10 * time.Second)
		h.want(t, "token-"+string(rune('a'+h.issuer.count()%26)))
	})
}

func TestFailureSaysWhatWhyWhenAndWhatToType(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, 5*time.Minute)
		h.issuer.err = &providers.Error{
			Kind: providers.ErrLoginRequired, Message: "nobody is logged in", Repair: "issuer login",
		}
		_, err := h.get(t)
		if !errors.Is(err, providers.ErrLoginRequired) {
			t.Errorf("%v is not ErrLoginRequired", err)
		}
		want := "token for https://git.example.com/team: issuer: nobody is logged in; " +
			"next try in 1m0s; to repair it, type: issuer login"
		if err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	})
}

// The fault that this program was born from: an issuer of short tokens was asked on every call.
func TestShortTokensUnderALongToleranceAreRefreshedAtHalfTheirLife(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, 30*time.Minute)
		h.issuer.lifetime = time.Minute
		for range 600 {
			if _, err := h.get(t); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
		}
		if got := h.issuer.count(); got > 21 {
			t.Errorf("%d refreshes in ten minutes, want 21 at the most", got)
		}
		for i := 1; i < len(h.issuer.calls); i++ {
			if apart := h.issuer.calls[i].Sub(h.issuer.calls[i-1]); apart < 30*time.Second {
				t.Errorf("refreshes %v apart, want 30s at the least", apart)
			}
		}
	})
}

func TestTokenWithoutAnExpiryIsAskedForEveryFiveMinutesAndNoneIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, 5*time.Minute)
		h.issuer.lifetime = 0
		for range 3600 {
			token, err := h.get(t)
			if err != nil || !token.Expires.IsZero() {
				t.Fatalf("got %v and %v, want no expiry", token, err)
			}
			time.Sleep(time.Second)
		}
		if got := h.issuer.count(); got != 24 {
			t.Errorf("%d refreshes in an hour, want 24: one in half of 300 s", got)
		}
	})
}

func TestForcedCallersShareARefreshObtainedAfterTheyAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, 5*time.Minute)
		h.want(t, "token-a")
		time.Sleep(time.Minute)
		h.issuer.latency = 300 * time.Millisecond
		h.Forced = time.Now()
		many(300, func(int) { h.want(t, "token-b") })
		if got := h.issuer.count(); got != 2 {
			t.Errorf("%d refreshes, want 2", got)
		}
		if demand := h.issuer.requests[1].GoodUntil; demand.Before(time.Now().Add(MaxTolerance)) {
			t.Errorf("a forced refresh demanded a token until %v; a stored one would do", demand)
		}
	})
}

func TestForcedRefreshThatFailsIsAFailureAndKeepsTheToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, 5*time.Minute)
		h.want(t, "token-a")
		time.Sleep(time.Minute)
		h.issuer.err = &providers.Error{Kind: providers.ErrUnavailable, Message: "the issuer is down"}
		h.Forced = time.Now()
		if _, err := h.get(t); err == nil {
			t.Error("a forced refresh that failed was answered with the old token")
		}
		h.Forced = time.Time{}
		h.want(t, "token-a")
	})
}

func TestRefusedTokenIsNeverHandedOutAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, 5*time.Minute)
		u, _ := providers.ParseURL(houseURL)
		h.want(t, "token-a")
		time.Sleep(time.Minute)
		forget := func(value string) {
			t.Helper()
			if err := h.Forget(t.Context(), u, "", providers.NewSecret(value)); err != nil {
				t.Fatal(err)
			}
		}
		forget("another")
		h.want(t, "token-a")
		forget("token-a")
		h.want(t, "token-b")
		forget("token-a") // late: a newer one took its place
		h.want(t, "token-b")
		forget("") // docker names no token
		h.want(t, "token-c")
		if previous := h.issuer.requests[1].Previous; previous == nil || previous.Value.Reveal() != "token-a" {
			t.Error("the provider was not told which token it must not return")
		}
	})
}

// An issuer that returns what it returned before must not undo a refusal.
func TestRefusedTokenThatComesBackIsAFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, 5*time.Minute)
		u, _ := providers.ParseURL(houseURL)
		h.issuer.same = "the-only-one"
		h.want(t, "the-only-one")
		if err := h.Forget(t.Context(), u, "", providers.Secret{}); err != nil {
			t.Fatal(err)
		}
		if token, err := h.get(t); err == nil {
			t.Errorf("got %s, which was refused", token.Value.Reveal())
		}
	})
}

// git-lfs before 3.6 asks again for ever.
func TestTokensRefusedAtOnceAreNotObtainedWithoutEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, 5*time.Minute)
		u, _ := providers.ParseURL(houseURL)
		for range 100 {
			if _, err := h.get(t); err != nil {
				break
			}
			if err := h.Forget(t.Context(), u, "", providers.Secret{}); err != nil {
				t.Fatal(err)
			}
		}
		if got := h.issuer.count(); got != quickLimit {
			t.Errorf("%d tokens were obtained, want %d", got, quickLimit)
		}
		time.Sleep(refusalMemory)
		if _, err := h.get(t); err != nil {
			t.Errorf("a minute later: %v", err)
		}
	})
}

// A person who logs in must not wait for a back-off to end.
func TestLoginByAnotherProgramClearsAFailureAndIsTakenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, 5*time.Minute)
		login := filepath.Join(t.TempDir(), "tokens.json")
		h.sources = []string{login}
		h.issuer.err = &providers.Error{Kind: providers.ErrLoginRequired, Message: "nobody is logged in"}
		for range 3 {
			if _, err := h.get(t); err == nil {
				t.Fatal("a token without a login")
			}
		}
		if got := h.issuer.count(); got != 1 {
			t.Errorf("%d attempts without a login, want 1", got)
		}
		if err := os.WriteFile(login, []byte("one"), 0o600); err != nil {
			t.Fatal(err)
		}
		h.issuer.err = nil
		h.want(t, "token-b")
		h.want(t, "token-b")
		for _, name := range []string{"token-c", "token-d"} { // the second within F of the first
			if err := os.WriteFile(login, []byte(name), 0o600); err != nil {
				t.Fatal(err)
			}
			h.want(t, name)
			h.want(t, name)
		}
	})
}

func TestNobodyIsAskedForATokenThatCouldNotBeKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, 5*time.Minute)
		full := errors.New("no space left on device")
		for _, disk := range []*error{&h.store.saveErr, &h.store.reserveErr} {
			*disk = full
			_, err := h.get(t)
			if err == nil || !strings.Contains(err.Error(), full.Error()) {
				t.Errorf("got %v, want the reason", err)
			}
			*disk = nil
		}
		if got := h.issuer.count(); got != 0 {
			t.Errorf("the provider was asked %d times", got)
		}
	})
}

// A killed refresher has left its intent; whoever comes next must say so if the refresh
// token turns out to be spent.
func TestInterruptedRefreshIsNamedWhenTheLoginIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, 5*time.Minute)
		u, _ := providers.ParseURL(houseURL)
		q := new(Query)
		err := h.Finder.Find(q, u, "")
		if err != nil {
			t.Fatal(err)
		}
		if err := h.store.Save(q.Key, &Record{Intent: time.Now(), Attempt: time.Now()}); err != nil {
			t.Fatal(err)
		}
		h.issuer.err = &providers.Error{Kind: providers.ErrLoginRequired, Message: "the refresh token is spent"}
		for range 3 {
			if _, err = h.get(t); err == nil || !strings.Contains(err.Error(), "interrupted at") {
				t.Errorf("got %v, want the interruption named", err)
			}
			time.Sleep(refusalMemory)
		}
	})
}

func TestWaitEndsAtTheDeadlineAndSaysThatTheRefreshGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, 5*time.Minute)
		h.issuer.latency = 20 * time.Second
		begin := time.Now()
		many(10, func(int) {
			if _, err := h.get(t); err == nil || !strings.Contains(err.Error(), "took too long") {
				t.Errorf("got %v", err)
			}
		})
		if waited := time.Since(begin); waited != 8*time.Second {
			t.Errorf("waited %v, want 8s", waited)
		}
		time.Sleep(13 * time.Second)
		h.want(t, "token-a")
	})
}

func TestProviderAnswersThatCouldBreakAProtocolAreRefused(t *testing.T) {
	for _, row := range []struct {
		name  string
		token *providers.Token
	}{
		{"nothing at all", nil},
		{"empty", &providers.Token{}},
		{"a line end", &providers.Token{Value: providers.NewSecret("a\nhost=evil")}},
		{"a blank in a header", &providers.Token{Value: providers.NewSecret("a b")}},
		{"not ASCII in a header", &providers.Token{Value: providers.NewSecret("é")}},
		{"a control character in a password", &providers.Token{Scheme: providers.Basic, Value: providers.NewSecret("a\x00b")}},
		{"a colon in the username", &providers.Token{Username: "a:b", Value: providers.NewSecret("a")}},
		{"a line end in the username", &providers.Token{Username: "a\nb", Value: providers.NewSecret("a")}},
		{"a scheme of two words", &providers.Token{Scheme: "Bearer x", Value: providers.NewSecret("a")}},
		{"too long", &providers.Token{Value: providers.NewSecret(strings.Repeat("a", maxValue+1))}},
		{"expired already", &providers.Token{Value: providers.NewSecret("a"), Expires: time.Now().Add(-1)}},
	} {
		t.Run(row.name, func(t *testing.T) {
			q := &Query{Profile: providers.Profile{Name: "odd"}}
			token, err := q.ask(t.Context(), answers{row.token}, nil, time.Time{})
			if err == nil {
				t.Fatalf("accepted %+v", token)
			}
			if !errors.Is(err, providers.ErrUnavailable) || strings.ContainsAny(err.Error(), "\n\x00") {
				t.Errorf("got %q", err)
			}
		})
	}
	q := &Query{Username: "robot"}
	password := &providers.Token{Scheme: providers.Basic, Value: providers.NewSecret("pass wörd")}
	if token, err := q.ask(t.Context(), answers{password}, nil, time.Time{}); err != nil || token.Username != "robot" {
		t.Errorf("a password with a blank: got %+v and %v", token, err)
	}
}

// An issuer that is ten minutes ahead must not have its tokens used for ten minutes too long.
func TestTokenOfAnIssuerWhoseClockIsAheadEndsWhenItEndsThere(t *testing.T) {
	now := time.Now()
	ahead := &providers.Token{
		Value: providers.NewSecret("a"), Issued: now.Add(10 * time.Minute), Expires: now.Add(15 * time.Minute),
	}
	token, err := new(Query).ask(t.Context(), answers{ahead}, nil, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if token.Issued.After(time.Now()) || token.Expires.Sub(token.Issued) != 5*time.Minute {
		t.Errorf("issued %v, expires %v, at %v: want five minutes from now", token.Issued, token.Expires, now)
	}
}

type answers struct{ token *providers.Token }

func (a answers) Token(context.Context, providers.Request) (*providers.Token, error) {
	return a.token, nil
}

// git erases with the account that it was answered, though it asked for any.
func TestRefusedTokenIsFoundUnderTheAccountThatTheToolWasAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, 5*time.Minute)
		u, _ := providers.ParseURL(houseURL)
		h.want(t, "token-a")
		if err := h.Forget(t.Context(), u, "the token's own", providers.NewSecret("token-a")); err != nil {
			t.Fatal(err)
		}
		h.want(t, "token-b")
	})
}

func TestListNamesTheHostsThatAreServedWhole(t *testing.T) {
	var all []routes.Route
	for _, match := range []string{
		"https://a.example.com", "https://*.b.example.com", "https://c.example.com/team",
		"http://d.example.com", "http://127.0.0.1:5000", "e.example.com:8443",
	} {
		pattern, err := routes.ParsePattern(match)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, routes.Route{Pattern: pattern, Provider: "issuer", Username: "robot"})
	}
	table, err := routes.Open(routes.Compile(routes.Config{Routes: all}))
	if err != nil {
		t.Fatal(err)
	}
	accounts, err := (&Dispatcher{Finder: Finder{Routes: table}}).List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var hosts []string
	for _, account := range accounts {
		hosts = append(hosts, account.Host)
	}
	slices.Sort(hosts)
	if want := []string{"127.0.0.1:5000", "a.example.com", "e.example.com:8443"}; !slices.Equal(hosts, want) {
		t.Errorf("got %q, want %q", hosts, want)
	}
}
