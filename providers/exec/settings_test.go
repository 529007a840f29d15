package exec

import (
	"strings"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/providers"
)

func stringOption(name, value string) providers.Option {
	return providers.Option{Name: name, Kind: providers.StringOption, Values: []string{value}}
}

func listOption(name string, values ...string) providers.Option {
	return providers.Option{Name: name, Kind: providers.ListOption, Values: values}
}

// An option that is not understood and passed over gives a token that its writer did not mean.
func TestOptionsAreRefusedUnlessTheyMakeSense(t *testing.T) {
	gh := listOption("command", "gh", "auth", "token")
	format := func(name string) providers.Option { return stringOption("format", name) }
	for _, row := range []struct {
		name    string
		options providers.Options
		want    string // "" for none
	}{
		{"a command alone", providers.Options{gh}, ""},
		{"no command", nil, "option command: want a list"},
		{"an empty command", providers.Options{listOption("command")}, "option command: want a list"},
		{"a command without a name", providers.Options{listOption("command", "", "x")}, "option command: want a list"},
		{"a NUL", providers.Options{listOption("command", "gh", "a\x00b")}, "option command: a NUL"},
		{"a front of sesame's", providers.Options{listOption("command", "/usr/bin/docker-credential-sesame")}, "ask itself"},
		{"sesame", providers.Options{listOption("command", "sesame", "token")}, "ask itself"},
		{"another's sesame", providers.Options{listOption("command", "opensesame")}, ""},
		{"an unknown format", providers.Options{gh, format("aws")}, "option format: want bazel, docker, git, json or token"},
		{"a path for git", providers.Options{gh, format("git"), stringOption("path", "/org/repo.git")}, ""},
		{"a path for bazel", providers.Options{gh, format("bazel"), stringOption("path", "/bucket")}, ""},
		{"a path for docker", providers.Options{gh, format("docker"), stringOption("path", "/v1/")}, "option path: only"},
		{"a path for a token", providers.Options{gh, stringOption("path", "/v1/")}, "option path: only"},
		{"a path without a slash", providers.Options{gh, format("git"), stringOption("path", "org/repo")}, "option path: want a path"},
		{"a path that names a host", providers.Options{gh, format("git"), stringOption("path", ".evil.example/x")}, "option path: want a path"},
		{"a path with a query", providers.Options{gh, format("bazel"), stringOption("path", "/a?b")}, "option path: want a path"},
		{"a path with a line end", providers.Options{gh, format("git"), stringOption("path", "/a\nhost=evil")}, "option path: want a path"},
		{"a scheme for a token", providers.Options{gh, stringOption("scheme", "token")}, ""},
		{"a scheme for JSON", providers.Options{gh, format("json"), stringOption("scheme", "Bearer")}, ""},
		{"a scheme for git", providers.Options{gh, format("git"), stringOption("scheme", "Bearer")}, "option scheme: only"},
		{"no scheme's name", providers.Options{gh, stringOption("scheme", "a b")}, "option scheme: want a name"},
		{"fields for JSON", providers.Options{gh, format("json"), stringOption("fields.token", "a.b")}, ""},
		{"fields for a token", providers.Options{gh, stringOption("fields.token", "a")}, "option fields: only"},
		{"an unknown field", providers.Options{gh, format("json"), stringOption("fields.expiry", "hunter2")},
			`unknown option "fields.expiry": known are fields.expires, fields.expires_in, fields.token, fields.username`},
		{"a field without a name", providers.Options{gh, format("json"), stringOption("fields.token", "")}, "option fields.token: want"},
		{"a lifetime", providers.Options{gh, stringOption("lifetime", "50m")}, ""},
		{"a lifetime under a second", providers.Options{gh, stringOption("lifetime", "1ms")}, "option lifetime: want"},
		{"a lifetime over a year", providers.Options{gh, stringOption("lifetime", "8761h")}, "option lifetime: want"},
		{"a timeout", providers.Options{gh, stringOption("timeout", "50s")}, ""},
		{"a timeout that no refresh has", providers.Options{gh, stringOption("timeout", "51s")}, "option timeout: want a duration of 50s at most"},
		{"variables", providers.Options{gh, listOption("variables", "A", "b_2", "_")}, ""},
		{"a variable with its value", providers.Options{gh, listOption("variables", "A=hunter2")}, "option variables: want names"},
		{"a variable without a name", providers.Options{gh, listOption("variables", "")}, "option variables: want names"},
		{"a variable that begins with a digit", providers.Options{gh, listOption("variables", "1A")}, "option variables: want names"},
		{"an unknown option", providers.Options{gh, stringOption("shell", "hunter2")}, `unknown option "shell": known are command, fields, format`},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := readOptions(row.options)
			switch {
			case err == nil && row.want != "":
				t.Errorf("no error, want %q", row.want)
			case err != nil && (row.want == "" || !strings.Contains(err.Error(), row.want)):
				t.Errorf("error %v, want %q", err, row.want)
			case err != nil && strings.Contains(err.Error(), "hunter2"):
				t.Errorf("error %v repeats the value", err)
			}
		})
	}
}

func TestOptionsHaveDefaults(t *testing.T) {
	s, err := readOptions(providers.Options{listOption("command", "gh")})
	if err != nil || s.Timeout != 30*time.Second || s.Lifetime != 0 || s.format.request != nil {
		t.Errorf("settings %+v, error %v", s.Options, err)
	}
}

// What the command is told must be part of the key. The path of the URL that happens to come
// first is not, and would make one repository's token that of a whole host.
func TestCommandIsToldNoMoreThanTheKeyHolds(t *testing.T) {
	for _, row := range []struct{ name, format, url, username, path, want string }{
		{"git", "git", "https://h.example/org/repo", "", "",
			"capability[]=authtype\nprotocol=https\nhost=h.example\n"},
		{"git with all", "git", "http://H.example:8080/org/repo", "ann", "/team/repo.git",
			"capability[]=authtype\nprotocol=http\nhost=h.example:8080\npath=team/repo.git\nusername=ann\n"},
		{"git, an address", "git", "https://[::1]:8443/", "", "/", "capability[]=authtype\nprotocol=https\nhost=[::1]:8443\n"},
		{"docker", "docker", "https://h.example/team/app", "ann", "", "h.example"},
		{"docker with a port", "docker", "http://localhost:5000/", "", "", "localhost:5000"},
		{"Docker Hub", "docker", "https://index.docker.io/v1/", "", "", "https://index.docker.io/v1/"},
		{"Docker Hub by its short name", "docker", "https://docker.io/", "", "", "https://index.docker.io/v1/"},
		{"what only looks like Docker Hub", "docker", "https://index.docker.io:8443/", "", "", "index.docker.io:8443"},
		{"bazel", "bazel", "https://h.example/google.bytestream.ByteStream", "ann", "", `{"uri":"https://h.example/"}`},
		{"bazel with a path", "bazel", "http://h.example:8080/x", "", "/bucket/a&b", `{"uri":"http://h.example:8080/bucket/a\u0026b"}`},
	} {
		t.Run(row.name, func(t *testing.T) {
			options := providers.Options{listOption("command", "c"), stringOption("format", row.format)}
			if row.path != "" {
				options = append(options, stringOption("path", row.path))
			}
			s, err := readOptions(options)
			if err != nil {
				t.Fatal(err)
			}
			u, err := providers.ParseURL(row.url)
			if err != nil {
				t.Fatal(err)
			}
			if got := s.format.request(newAsk(providers.Request{URL: u, Username: row.username}, s)); got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}
