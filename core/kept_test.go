package core

import (
	"errors"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/core/routes"
	"github.com/sesame-auth/sesame/providers"
)

// newKeeping is a dispatcher whose route "*" keeps tokens, whose route for read.example.com only reads, and whose
// route for robot.example.com keeps those of one account.
func newKeeping(t *testing.T) *Dispatcher {
	t.Helper()
	var all []routes.Route
	for _, r := range []routes.Route{{Provider: "keeps"}, {Provider: "reads"}, {Provider: "keeps", Username: "robot"}} {
		match := []string{"*", "read.example.com", "robot.example.com"}[len(all)]
		pattern, err := routes.ParsePattern(match)
		if err != nil {
			t.Fatal(err)
		}
		r.Pattern = pattern
		all = append(all, r)
	}
	table, err := routes.Open(routes.Compile(routes.Config{Routes: all}))
	if err != nil {
		t.Fatal(err)
	}
	return &Dispatcher{
		Store: newMemory(), Warn: func(message string) { t.Error("warned: " + message) },
		Finder: Finder{Routes: table, Getenv: func(string) string { return "" }, Profiles: []providers.Profile{
			{Name: "keeps", Keeps: func(providers.Options) providers.Keeping { return providers.KeepsInStore }},
			{Name: "reads"},
		}},
	}
}

func mustURL(t *testing.T, text string) providers.URL {
	t.Helper()
	u, err := providers.ParseURL(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func password(username, value string) *providers.Token {
	return &providers.Token{Username: username, Value: providers.NewSecret(value), Scheme: providers.Basic}
}

// keep keeps each "username:value" for a URL, in order.
func keep(t *testing.T, d *Dispatcher, url string, tokens ...*providers.Token) {
	t.Helper()
	for _, token := range tokens {
		if err := d.Keep(t.Context(), mustURL(t, url), "", token); err != nil {
			t.Fatalf("keep for %s: %v", url, err)
		}
	}
}

// kept returns "username:value" of what is answered, or "nothing".
func kept(t *testing.T, d *Dispatcher, url, username string) string {
	t.Helper()
	answer, err := d.Token(t.Context(), mustURL(t, url), username)
	if errors.Is(err, providers.ErrNotFound) {
		return "nothing"
	}
	if err != nil {
		t.Fatal(err)
	}
	if answer.Origin != Kept {
		t.Errorf("origin %d, want Kept", answer.Origin)
	}
	return answer.Token.Username + ":" + answer.Token.Value.Reveal()
}

// A kept token is one host's, one scheme's, one port's, one account's: another's is a leak.
func TestKeptTokenIsForItsHostPathAndAccountOnly(t *testing.T) {
	d := newKeeping(t)
	keep(t, d, "https://a.example.com", password("one", "1"), password("two", "2"))
	keep(t, d, "https://a.example.com/team", password("three", "3"))
	keep(t, d, "https://a.example.com:8443", password("four", "4"))
	keep(t, d, "http://127.0.0.1:5000", password("five", ""))
	keep(t, d, "https://empty.example.com", password("", ""))
	for _, tt := range []struct{ url, username, want string }{
		{"https://a.example.com", "", "two:2"},
		{"https://a.example.com", "one", "one:1"},
		{"https://a.example.com", "nobody", "nothing"},
		{"https://A.example.com:443/any/path", "", "two:2"},
		{"https://a.example.com/team", "", "three:3"},
		{"https://a.example.com/team/app.git", "", "three:3"},
		{"https://a.example.com/team/app.git", "one", "one:1"},
		{"https://a.example.com/teams", "", "two:2"},
		{"https://a.example.com/team/../other", "", "two:2"},
		{"https://a.example.com/team%2fother", "", "two:2"},
		{"https://a.example.com:8443", "", "four:4"},
		{"http://a.example.com", "", "nothing"},
		{"https://b.a.example.com", "", "nothing"},
		{"https://example.com", "", "nothing"},
		{"http://127.0.0.1:5000/v2/", "", "five:"},
		{"https://127.0.0.1:5000/v2/", "", "nothing"},
		{"http://127.0.0.1:5001", "", "nothing"},
		{"https://empty.example.com", "", ":"},
	} {
		if got := kept(t, d, tt.url, tt.username); got != tt.want {
			t.Errorf("%s for %q: got %s, want %s", tt.url, tt.username, got, tt.want)
		}
	}
}

func TestKeepReplacesTheSameAccountAndRemembersTheLatest(t *testing.T) {
	d := newKeeping(t)
	const url = "https://a.example.com"
	keep(t, d, url, password("one", "old"), password("two", "2"), password("one", "new"))
	if got := kept(t, d, url, ""); got != "one:new" {
		t.Errorf("got %s, want the latest", got)
	}
	if got := kept(t, d, url, "two"); got != "two:2" {
		t.Errorf("got %s: another account was lost", got)
	}
}

// Git stores with every program in its list what one of them has just handed out.
func TestKeepOfWhatWasHandedOutWritesNothing(t *testing.T) {
	d := newKeeping(t)
	const url = "https://a.example.com"
	keep(t, d, url, password("one", "1"), password("two", "2"))
	saves := d.Store.(*memory).saves
	keep(t, d, url, password("two", "2"), password("one", "1"))
	keep(t, d, url+"/team", password("two", "2"))
	if got := d.Store.(*memory).saves; got != saves {
		t.Errorf("%d writes for tokens that are kept already", got-saves)
	}
	if err := d.Keep(t.Context(), mustURL(t, url), "a.example.com", password("one", "1")); err != nil {
		t.Fatal(err)
	}
	if got := kept(t, d, url, ""); got != "one:1" {
		t.Errorf("got %s: a login must make its account the one that is answered", got)
	}
}

// An old git gives a bearer token back as a password, with the username that stands for none.
func TestKeepOfABearerTokenGivenBackAsPasswordWritesNothing(t *testing.T) {
	d := newKeeping(t)
	const url = "https://a.example.com"
	keep(t, d, url, &providers.Token{Value: providers.NewSecret("tok"), Scheme: providers.Bearer})
	keep(t, d, url, password(providers.DefaultUsername, "tok"))
	answer, err := d.Token(t.Context(), mustURL(t, url), "")
	if err != nil || answer.Token.Scheme != providers.Bearer {
		t.Errorf("got %v, %v: the token's scheme is lost", answer.Token, err)
	}
}

func TestKeepRefuses(t *testing.T) {
	d := newKeeping(t)
	long := make([]byte, maxValue+1)
	for i := range long {
		long[i] = 'a'
	}
	for _, tt := range []struct {
		name, url string
		token     *providers.Token
	}{
		{"a route that reads", "https://read.example.com", password("u", "p")},
		{"another account than the route's", "https://robot.example.com", password("u", "p")},
		{"no route", "http://a.example.com", password("u", "p")},
		{"a path read in two ways", "https://a.example.com/a/../b", password("u", "p")},
		{"a line break", "https://a.example.com", password("u", "p\nhost=evil")},
		{"a colon in the username", "https://a.example.com", password("u:x", "p")},
		{"an empty bearer token", "https://a.example.com", &providers.Token{Scheme: providers.Bearer}},
		{"a scheme with a blank", "https://a.example.com", &providers.Token{Scheme: "a b", Value: providers.NewSecret("p")}},
		{"too long", "https://a.example.com", password("u", string(long))},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := d.Keep(t.Context(), mustURL(t, tt.url), "", tt.token); err == nil {
				t.Error("it was kept")
			}
			if got := kept(t, newKeeping(t), "https://a.example.com", ""); got != "nothing" {
				t.Errorf("%s is kept", got)
			}
		})
	}
}

func TestKeepNamesTheProviderThatOnlyReads(t *testing.T) {
	d := newKeeping(t)
	for url, want := range map[string]ReadOnlyError{
		"https://read.example.com":  {Provider: "reads"},
		"https://robot.example.com": {Provider: "keeps", Username: "robot"},
	} {
		err := d.Keep(t.Context(), mustURL(t, url), "", password("u", "p"))
		if e, ok := errors.AsType[*ReadOnlyError](err); !ok || *e != want {
			t.Errorf("%s: got %v, want %v", url, err, want)
		}
	}
}

func TestKeptTokenThatHasEndedIsNeitherKeptNorAnswered(t *testing.T) {
	d := newKeeping(t)
	const url = "https://a.example.com"
	token := password("u", "p")
	token.Expires = time.Now().Add(-time.Second)
	keep(t, d, url, token)
	if got := d.Store.(*memory).saves; got != 0 {
		t.Errorf("a token that has ended was written")
	}
	u := mustURL(t, url)
	record := keptRecord(u, []keptToken{{Token: *token}})
	if err := d.Store.Save(keptKey("keeps", u), record); err != nil {
		t.Fatal(err)
	}
	if got := kept(t, d, url, ""); got != "nothing" {
		t.Errorf("got %s, which has ended", got)
	}
	accounts, err := d.List(t.Context())
	if err != nil || len(accounts) != 1 || accounts[0].Host != "read.example.com" {
		t.Errorf("list has %v, %v", accounts, err)
	}
}

// A lost update here is a lost login.
func TestParallelKeepsOfOneHostAreAllKept(t *testing.T) {
	d := newKeeping(t)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() { keep(t, d, "https://a.example.com", password("user"+strconv.Itoa(i), "p")) })
	}
	all.Wait()
	for i := range 8 {
		name := "user" + strconv.Itoa(i)
		if got := kept(t, d, "https://a.example.com", name); got != name+":p" {
			t.Errorf("%s: got %s", name, got)
		}
	}
}

func TestKeptTokenComesBackAsItWas(t *testing.T) {
	d := newKeeping(t)
	token := &providers.Token{
		Username: "ü", Value: providers.NewSecret(`q"\ ` + "ß\u202e"), Scheme: providers.Basic,
		Expires: time.Unix(4102444800, 0), State: providers.NewSecret("refresh"),
	}
	keep(t, d, "https://a.example.com", token)
	answer, err := d.Token(t.Context(), mustURL(t, "https://a.example.com"), "ü")
	if err != nil {
		t.Fatal(err)
	}
	got := answer.Token
	if got.Username != token.Username || !got.Value.Equal(token.Value) || got.Scheme != token.Scheme ||
		!got.Expires.Equal(token.Expires) || !got.State.Equal(token.State) {
		t.Errorf("got %v %q, want %v %q", got, got.Value.Reveal(), token, token.Value.Reveal())
	}
}
