package core

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sesame-auth/sesame/providers"
)

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
