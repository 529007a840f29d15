package core

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sesame-auth/sesame/core/routes"
	"github.com/sesame-auth/sesame/providers"
)

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
	accounts, err := (&Dispatcher{Finder: Finder{Routes: table}, Store: newMemory()}).List(t.Context())
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
