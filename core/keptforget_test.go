package core

import (
	"slices"
	"testing"

	"github.com/sesame-auth/sesame/providers"
)

func TestForgetDropsWhatIsMeant(t *testing.T) {
	tokens := func(d *Dispatcher) (all []string) {
		for _, at := range [][2]string{
			{"https://a.example.com", "one"}, {"https://a.example.com", "two"},
			{"https://a.example.com/team", "three"}, {"https://b.example.com", ""},
		} {
			if got := kept(t, d, at[0], at[1]); got != "nothing" {
				all = append(all, got)
			}
		}
		return all
	}
	for _, tt := range []struct {
		name, url, username, value string
		left                       []string
	}{
		{"another password", "https://a.example.com", "one", "other", []string{"one:1", "two:2", "three:3", "four:4"}},
		{"its password", "https://a.example.com", "one", "1", []string{"two:2", "three:3", "four:4"}},
		{"its password without the account", "https://a.example.com", "", "2", []string{"one:1", "three:3", "four:4"}},
		{"another account's password", "https://a.example.com", "two", "1", []string{"one:1", "two:2", "three:3", "four:4"}},
		{"the whole host", "https://a.example.com", "", "", []string{"four:4"}},
		{"one account", "https://a.example.com", "two", "", []string{"one:1", "three:3", "four:4"}},
		{"one path", "https://a.example.com/team", "", "", []string{"one:1", "two:2", "four:4"}},
		{"its password at its path", "https://a.example.com/team/x", "three", "3", []string{"one:1", "two:2", "four:4"}},
		{"an odd path", "https://a.example.com/team/..", "", "", []string{"one:1", "two:2", "three:3", "four:4"}},
		{"a host without any", "https://c.example.com", "", "", []string{"one:1", "two:2", "three:3", "four:4"}},
		{"a host without a route", "http://a.example.com", "", "", []string{"one:1", "two:2", "three:3", "four:4"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := newKeeping(t)
			keep(t, d, "https://a.example.com", password("one", "1"), password("two", "2"))
			keep(t, d, "https://a.example.com/team", password("three", "3"))
			keep(t, d, "https://b.example.com", password("four", "4"))
			err := d.Forget(t.Context(), mustURL(t, tt.url), tt.username, providers.NewSecret(tt.value))
			if err != nil {
				t.Fatal(err)
			}
			if got := tokens(d); !slices.Equal(got, tt.left) {
				t.Errorf("left are %q, want %q", got, tt.left)
			}
		})
	}
}

func TestListHasWhatIsKeptTheAnsweredAccountFirst(t *testing.T) {
	d := newKeeping(t)
	keep(t, d, "https://b.example.com", password("one", "1"), password("two", "2"))
	keep(t, d, "https://b.example.com/team", password("path only", "3"))
	keep(t, d, "http://127.0.0.1:5000", password("local", "4"))
	if err := d.Keep(t.Context(), mustURL(t, "https://a.example.com/v1"), "https://a.example.com/v1/", password("u", "p")); err != nil {
		t.Fatal(err)
	}
	accounts, err := d.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []providers.Account{
		{Host: "b.example.com", Username: "two"}, {Host: "b.example.com", Username: "one"},
		{Host: "http://127.0.0.1:5000", Username: "local"}, {Host: "https://a.example.com/v1/", Username: "u"},
		{Host: "read.example.com"},
	}
	if !slices.Equal(accounts, want) {
		t.Errorf("got %v, want %v", accounts, want)
	}
}
