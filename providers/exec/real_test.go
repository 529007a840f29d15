//go:build unix

package exec

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sesame-auth/sesame/providers"
)

// A helper of git's own is the judge of what a helper is asked, and of how it answers.
func TestGitsOwnHelperAnswers(t *testing.T) {
	if _, err := find("git", os.Getenv("PATH"), os.Geteuid()); err != nil {
		t.Skip("there is no git here that may be started: ", err)
	}
	home := t.TempDir()
	t.Setenv("HOME", home)
	store := "https://ann:p%40ss%20word@registry.example.com\nhttps://bob:t2@registry.example.com\n" +
		"https://bob:t3@other.example.com:8443\nhttps://carol:t4@paths.example.com/org/repo.git\n"
	if err := os.WriteFile(filepath.Join(home, ".git-credentials"), []byte(store), 0o600); err != nil {
		t.Fatal(err)
	}
	command := []string{"git", "credential-store"}
	for _, row := range []struct {
		name, url, username, path string
		want                      string // "" where it has nothing
	}{
		{name: "any account", url: "https://registry.example.com/team/app", want: "Basic ann p@ss word"},
		{name: "an account", url: "https://registry.example.com", username: "bob", want: "Basic bob t2"},
		{name: "no such account", url: "https://registry.example.com", username: "carol"},
		{name: "a port", url: "https://other.example.com:8443/", want: "Basic bob t3"},
		{name: "another port", url: "https://other.example.com/"},
		{name: "another scheme", url: "http://registry.example.com/"},
		{name: "another host", url: "https://registry.example.org/"},
		{name: "a path", url: "https://paths.example.com/org/repo.git", path: "/org/repo.git", want: "Basic carol t4"},
		{name: "another path", url: "https://paths.example.com/org/repo.git", path: "/org/other.git"},
	} {
		t.Run(row.name, func(t *testing.T) {
			req := request(t, "git", command)
			var err error
			if req.URL, err = providers.ParseURL(row.url); err != nil {
				t.Fatal(err)
			}
			req.Username = row.username
			if row.path != "" {
				req.Options = append(req.Options, stringOption("path", row.path))
			}
			token, err := Provider{}.Token(t.Context(), req)
			if row.want == "" {
				wantError(t, err, providers.ErrNotFound, "command git: has no token for it")
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := show(token); got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}

// What a helper is started with, and what is written to it, is the whole of the protocol.
func TestHelperIsAskedAsItsToolWould(t *testing.T) {
	for _, row := range []struct{ format, answer, stdin string }{
		{"git", "username=ann\npassword=t1\n",
			"capability[]=authtype\nprotocol=https\nhost=registry.example.com\nusername=ann\n"},
		{"docker", `{"Username":"ann","Secret":"t1"}`, "registry.example.com"},
		{"bazel", `{"headers":{"Authorization":["Basic YW5uOnQx"]}}`, `{"uri":"https://registry.example.com/"}`},
		{"token", "t1", ""},
		{"json", `{"token":"t1"}`, ""},
	} {
		t.Run(row.format, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "recording")
			req := request(t, row.format, self(t, "record", file, row.answer, "--verbose", "a b"))
			req.Username = "ann"
			token, err := Provider{}.Token(t.Context(), req)
			if err != nil {
				t.Fatal(err)
			}
			if got := show(token); got != "Basic ann t1" {
				t.Errorf("got %q", got)
			}
			want := recording{Args: []string{"--verbose", "a b"}, Stdin: row.stdin}
			if row.stdin != "" {
				want.Args = append(want.Args, "get")
			}
			got := readRecording(t, file)
			if got.Stdin != want.Stdin || strings.Join(got.Args, "|") != strings.Join(want.Args, "|") {
				t.Errorf("the helper was asked %+v, want %+v", got, want)
			}
		})
	}
}

// An account that could end a line of the request would ask for another host.
func TestNothingIsAskedForAnAccountThatNoTokenHas(t *testing.T) {
	for _, username := range []string{"ann\nhost=evil.example", "ann\x00", "ann\r", "a:b", strings.Repeat("a", 2000)} {
		alive := newAlive(t)
		req := request(t, "git", self(t, "hang", alive.path))
		req.Username = username
		_, err := Provider{}.Token(t.Context(), req)
		wantError(t, err, providers.ErrNotFound)
		if n := alive.wantGone(t); n != 0 {
			t.Errorf("%q: the command was started", username)
		}
	}
}
