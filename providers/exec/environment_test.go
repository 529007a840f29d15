//go:build unix

package exec

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/sesame-auth/sesame/providers"
)

// clearEnvironment leaves the variables that a test binary needs, of those that a plugin has.
func clearEnvironment(t *testing.T) {
	t.Helper()
	for _, variable := range os.Environ() {
		name, value, _ := strings.Cut(variable, "=")
		t.Setenv(name, value) // to have it back
		if err := os.Unsetenv(name); err != nil {
			t.Fatal(err)
		}
	}
}

// A key of the cloud that a command was not meant to have, or the socket of the plugin, is
// nobody's business; a variable that it does not get is an account that it does not find.
func TestCommandGetsWhatTheRouteNamesAndNothingElse(t *testing.T) {
	clearEnvironment(t)
	for name, value := range map[string]string{
		"HOME": "/home/ann", "PATH": "/usr/bin", "https_proxy": "http://proxy.example", "XDG_CONFIG_HOME": "/home/ann/.c",
		"CLOUD_PROFILE": "north", "CLOUD_KEY": "a b\nc", "EMPTY": "",
		"OTHER_SECRET": "hunter2", "PLUGIN_UNIX_SOCKET_DIR": "/tmp/x", "PLUGIN_PROTOCOL_VERSIONS": "1",
		"SESAME_PROVIDER_PLUGIN": "cookie", "SESAME_EXEC": "0", "LD_PRELOAD": "/tmp/evil.so",
	} {
		t.Setenv(name, value)
	}
	words := self(t, "describe", "a b", "$HOME", "*", "--", ";true")
	req := request(t, "token", words)
	req.Options = providers.Options{
		listOption("command", words...), listOption("variables", "CLOUD_PROFILE", "CLOUD_KEY", "EMPTY", "UNSET", "HOME", "SESAME_EXEC"),
	}
	token, err := Provider{}.Token(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	text, err := base64.StdEncoding.DecodeString(token.Value.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	var got description
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	slices.Sort(got.Env)
	want := []string{
		"CLOUD_KEY=a b\nc", "CLOUD_PROFILE=north", "EMPTY=", "HOME=/home/ann",
		"PATH=/usr/bin", "SESAME_EXEC=1", "XDG_CONFIG_HOME=/home/ann/.c", "https_proxy=http://proxy.example",
	}
	if !slices.Equal(got.Env, want) {
		t.Errorf("the environment is\n%q, want\n%q", got.Env, want)
	}
	if !slices.Equal(got.Args, words) {
		t.Errorf("the arguments are %q, want %q: there must be no shell", got.Args, words)
	}
	if got.Directory != "/" {
		t.Errorf("the directory is %s: a refresh must not keep a tool's busy, and no project must choose what a command reads", got.Directory)
	}
	if !got.Leader {
		t.Error("the command has no process group of its own")
	}
}

// A secret that a command was given comes back in what it complains about.
func TestErrorHasTheLastLineOfStderrWithoutSecrets(t *testing.T) {
	t.Setenv("CLOUD_KEY", "hunter2-hunter2")
	t.Setenv("CLOUD_CERT", "-----BEGIN-----\nhunter3-hunter3\n-----END-----\n")
	t.Setenv("CLOUD_URL", "https://ann:hunter4-hunter4@cloud.example")
	t.Setenv("CLOUD_FILE", "/home/ann/key.json")
	for _, row := range []struct{ name, stdout, stderr, want string }{
		{"a variable", "", "401 for hunter2-hunter2\n", "401 for [secret]"},
		{"a line of one", "", "bad key hunter3-hunter3", "bad key [secret]"},
		{"a URL with a password", "", "GET https://ann:hunter4-hunter4@cloud.example failed", "GET [secret] failed"},
		{"a path stays", "", "no file /home/ann/key.json", "no file /home/ann/key.json"},
		{"the token before", "", "revoked: previous-token", "revoked: [secret]"},
		{"the state before", "", "revoked: previous-state", "revoked: [secret]"},
		{"what is on stdout too", `{"token":"hunter5-hunter5"}`, "+ echo hunter5-hunter5\n", "+ echo [secret]"},
		{"the host on stdout too", "cannot reach registry.example.com", "no host registry.example.com", "no host registry.example.com"},
		{"the last line that is not blank", "", "first\nsecond\n\n \n", "second"},
		{"the last of a progress bar", "", "10 %\r90 %\rbroken", "broken"},
		{"colours", "", "\x1b[31mno\x1b[0m \u202eno", "?[31mno?[0m ?no"},
		{"not UTF-8", "", "no\xff", "no?"},
		{"a long line", "", strings.Repeat("no ", 1000), strings.Repeat("no ", maxLine/3) + "n ..."},
	} {
		t.Run(row.name, func(t *testing.T) {
			req := request(t, "json", self(t, "fail", "1", row.stdout, row.stderr))
			req.Options = append(req.Options, listOption("variables", "CLOUD_KEY", "CLOUD_CERT", "CLOUD_URL", "CLOUD_FILE"))
			req.Previous = &providers.Token{
				Value: providers.NewSecret("previous-token"), State: providers.NewSecret("previous-state"),
			}
			_, err := Provider{}.Token(t.Context(), req)
			e := wantError(t, err, providers.ErrUnavailable)
			if _, got, _ := strings.Cut(e.Message, "; its stderr ends with: "); got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}

// Half a secret is not found, and would be shown.
func TestStderrIsCutBetweenLines(t *testing.T) {
	for _, row := range []struct{ name, text, want string }{
		{"short", "a\nb", "a\nb"},
		{"as long as is kept", strings.Repeat("x", maxStderr), strings.Repeat("x", maxStderr)},
		{"one long line", strings.Repeat("x", maxStderr+1), ""},
		{"a line after a long one", strings.Repeat("x", maxStderr) + "\ny", "y"},
		{"many lines", strings.Repeat("xx\n", maxStderr), strings.Repeat("xx\n", maxStderr/3)},
	} {
		var whole, pieces tail
		_, _ = whole.Write([]byte(row.text))
		for i := range len(row.text) {
			_, _ = pieces.Write([]byte{row.text[i]})
		}
		if whole.text() != row.want || pieces.text() != row.want {
			t.Errorf("%s: got %d and %d bytes, want %d", row.name, len(whole.text()), len(pieces.text()), len(row.want))
		}
	}
}
