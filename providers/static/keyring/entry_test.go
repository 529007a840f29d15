package keyring

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sesame-auth/sesame/providers"
)

// A token that is sent to a host or a path that it was not kept for is stolen.
func TestTokenServesItsHostAndPathAlone(t *testing.T) {
	p := Provider{ring: new(fakeRing)}
	for _, at := range []string{
		"", "/team", "/team/app/", "//twice",
	} {
		keep(t, p, host+at, "ann", "at "+at)
	}
	keep(t, p, host+"/team", "ben", "ben's")
	keep(t, p, "http://registry.example.com", "eve", "plain")
	keep(t, p, host+":8443/only", "eve", "port")
	for _, row := range []struct{ name, url, username, want string }{
		{"the host", host, "", "ann:at "},
		{"its root", host + "/", "", "ann:at "},
		{"another path", host + "/other", "", "ann:at "},
		{"the latest of a path", host + "/team", "", "ben:ben's"},
		{"the account", host + "/team", "ann", "ann:at /team"},
		{"a path that begins alike", host + "/teams", "ann", "ann:at "},
		{"the longest path", host + "/team/app", "", "ann:at /team/app/"},
		{"below the longest path", host + "/team/app/x", "", "ann:at /team/app/"},
		{"the longest path of the account", host + "/team/app/x", "ben", "ben:ben's"},
		{"nobody's", host, "eve", ""},
		{"in other letters", host, "Ann", ""},
		{"another scheme", "http://registry.example.com/team", "", "eve:plain"},
		{"another port", host + ":8443", "", ""},
		{"another port's path", host + ":8443/only/x", "", "eve:port"},
		{"another host", "https://example.com/team", "", ""},
		{"no host", "https://a_b/", "", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := served(t, p, row.url, row.username); got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}

// Two of one account would be a password that was changed, and the old one back again.
func TestKeepReplacesWhatIsOfTheSamePathAndAccount(t *testing.T) {
	ring := new(fakeRing)
	p := Provider{ring: ring}
	keep(t, p, host, "ann", "1")
	keep(t, p, host, "ben", "2")
	keep(t, p, host+"/", "ann", "3")
	keep(t, p, host+"/team", "ann", "4")
	if got := served(t, p, host, ""); got != "ann:3" {
		t.Errorf("the latest is %q", got)
	}
	if got := served(t, p, host, "ben"); got != "ben:2" {
		t.Errorf("the other account has %q", got)
	}
	if text := ring.items[service+" "+host]; strings.Count(text, `"username"`) != 3 {
		t.Errorf("kept is %s", text)
	}
	ring.called("")
	keep(t, p, host+"/team", "ann", "4")
	if calls := ring.called("set", "delete"); len(calls) > 0 {
		t.Errorf("what is kept already is written again: %v", calls)
	}
}

// An erase that drops too little hands a refused password out again; one that drops too much
// logs a person out.
func TestDropDropsWhatIsMeant(t *testing.T) {
	all := []string{":root", "/team:ann", "/team:ben", "/team/app:ann", "/teams:same"}
	for _, row := range []struct {
		name, path, username, value string
		left                        []string
	}{
		{"the whole host", "", "", "", nil},
		{"the whole host by its root", "/", "", "", nil},
		{"a path and below", "/team", "", "", []string{":root", "/teams:same"}},
		{"a path and below of an account", "/team/", "ben", "", slices.Delete(slices.Clone(all), 2, 3)},
		{"a lower path", "/team/app", "", "", slices.Delete(slices.Clone(all), 3, 4)},
		{"a path that has none", "/tea", "", "", all},
		{"an account that has none", "", "eve", "", all},
		{"a value", "/team", "", "ann", slices.Delete(slices.Clone(all), 1, 2)},
		{"a value of an account", "/team", "ann", "ann", slices.Delete(slices.Clone(all), 1, 2)},
		{"a value that was kept twice", "/team/app/x", "", "ann", []string{":root", "/team:ben", "/teams:same"}},
		{"a value of another account", "/team", "ben", "ann", all},
		{"a value that was kept above", "/other/x", "", "root", all[1:]},
		{"a value on the whole host", "", "", "same", all[:4]},
		{"a value beside the path", "/team", "", "same", all},
		{"a value that was replaced", "/team", "", "old", all},
	} {
		t.Run(row.name, func(t *testing.T) {
			ring := new(fakeRing)
			p := Provider{ring: ring}
			for _, text := range all {
				path, value, _ := strings.Cut(text, ":")
				username := "ann"
				if value == "ben" {
					username = "ben"
				}
				keep(t, p, host+path, username, value)
			}
			keep(t, p, "https://other.example.com", "ann", "ann")
			req := request(t, host+row.path, row.username)
			if err := p.Drop(t.Context(), req, providers.NewSecret(row.value)); err != nil {
				t.Fatal(err)
			}
			entries, err := items{ring}.entries(t.Context(), host)
			var left []string
			for _, e := range entries {
				left = append(left, e.Path+":"+e.Value)
			}
			if err != nil || !slices.Equal(left, row.left) {
				t.Errorf("left is %v, %v, want %v", left, err, row.left)
			}
			if got := served(t, p, "https://other.example.com", ""); got != "ann:ann" {
				t.Errorf("the other host has %q", got)
			}
		})
	}
}

// A tool that makes up accounts would fill the keyring, which reads and writes a host as a whole.
func TestKeepRefusesTooManyOfOneHost(t *testing.T) {
	p := Provider{ring: new(fakeRing)}
	for i := range maxEntries {
		keep(t, p, host, strconv.Itoa(i), "1")
	}
	keep(t, p, host, "0", "2")
	err := p.Keep(t.Context(), request(t, host, ""), password("ann", "hunter2"))
	if !errors.Is(err, providers.ErrLoginRequired) || !strings.Contains(err.Error(), "64") {
		t.Errorf("error %v", err)
	}
	if got := served(t, p, host, ""); got != "0:2" {
		t.Errorf("the latest is %q", got)
	}
}
