package wiring

import (
	"strings"
	"testing"
)

// People paste what a command printed into a chat, and a build's log is read by many. What stands next
// to the change must not be told.
func TestNoSecretIsShown(t *testing.T) {
	docker := func(b *bench) maker { return Docker{Programs: b.programs} }
	bazel := func(b *bench) maker { return Bazel{Programs: b.programs} }
	git := func(b *bench) maker { return Git{Programs: b.programs} }
	rows := []struct {
		name, file string
		maker      func(*bench) maker
		text       string
	}{
		{"auth", ".docker/config.json", docker, `{"auths": {"r.test": {"auth": "hush", "n": 1}}}`},
		{"identity token", ".docker/config.json", docker, `{"auths": {"r.test": {"identitytoken": "hush"}}}`},
		{"anything in auths", ".docker/config.json", docker, `{"auths": {"r.test": {"x": [{"y": "hush"}]}}}`},
		{"escaped name", ".docker/config.json", docker, `{"\u0061uths": {"r.test": {"x": "hush"}}}`},
		{"capitals", ".docker/config.json", docker, `{"x": {"RegistryToken": "hush"}}`},
		{"a number", ".docker/config.json", docker, `{"password": "x", "x": {"password": "hush"}}`},
		{"headers", ".docker/config.json", docker, `{"HttpHeaders": {"X-Meta": "hush"}}`},
		{"proxy", ".docker/config.json", docker, `{"proxies": {"default": {"httpProxy": "http://me:hush@proxy.test"}}}`},
		{"a host with an account", ".docker/config.json", docker, `{"x": {"https://hush@r.test": 1}, "auths": {"https://hush@r.test": {"a": 1}}}`},
		{"header flag", ".bazelrc", bazel, "build --remote_header=x-api-key=hush\n"},
		{"header in the last line", ".bazelrc", bazel, "build --bes_header=Authorization=hush"},
		{"header that goes on", ".bazelrc", bazel, "build --remote_header=x-token=\\\nhush\n"},
		{"after the helper", ".bazelrc", bazel, "build --remote_header=x-token=hush --x=/bin/bazel-credential-sesame\n"},
		{"variable", ".bazelrc", bazel, "build --action_env=NPM_TOKEN=hush\n"},
		{"cache with an account", ".bazelrc", bazel, "build --remote_cache=https://me:hush@cache.test\n"},
		{"extra header", ".gitconfig", git, "[http]\n\textraHeader = Authorization: basic hush\n"},
		{"extra header that goes on", ".gitconfig", git, "[http]\n\textraHeader = Authorization: \\\nbasic \\\nhush\n"},
		{"token", ".gitconfig", git, "[github]\n\toauthtoken=hush\n"},
		{"password in a command", ".gitconfig", git, "[credential]\n\thelper = \"!f() { echo password=hush; }; f\"\n"},
		{"URL with a token", ".gitconfig", git, "[url \"https://hush@host.test/\"]\n\tinsteadOf = https://host.test/\n"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			needFor(t, row.file)
			b := newBench(t)
			b.write(row.file, row.text, 0o600)
			m := row.maker(b)
			said := b.preview(m) + strings.Join(b.notes, "")
			said += b.change(m) + strings.Join(b.notes, "")
			b.write(row.file, row.text, 0o600) // so that undo finds something else
			b.change(m)
			said += b.undo(m) + strings.Join(b.notes, "")
			if strings.Contains(said, "hush") {
				t.Errorf("told the secret:\n%s", said)
			}
			if !strings.Contains(said, hidden) || !strings.Contains(said, "+") {
				t.Errorf("the difference does not show where the secret is:\n%s", said)
			}
		})
	}
}

// A difference that hides what is written is of no use.
func TestWhatIsWrittenIsShown(t *testing.T) {
	b := newBench(t)
	path := b.write(".docker/config.json", "{\n\t\"currentContext\": \"work\"\n}\n", 0o600)
	want := "--- FILE\n+++ FILE\n@@ -1,3 +1,6 @@\n {\n" +
		"-\t\"currentContext\": \"work\"\n+\t\"currentContext\": \"work\",\n+\t\"credHelpers\": {\n" +
		"+\t\t\"auth.token.test\": \"sesame\"\n+\t}\n }\n" +
		"nothing is written yet; to make this change, type: sesame setup docker --registry auth.token.test --write\n"
	out := b.preview(Docker{Programs: b.programs, Registries: []string{"auth.token.test"}})
	if got := strings.ReplaceAll(out, path, "FILE"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	out = b.preview(Bazel{Programs: b.programs, Hosts: []string{"auth.test"}})
	if want := "+common --credential_helper=auth.test=" + bazelProgram + "\n"; !strings.Contains(out, want) {
		t.Errorf("got\n%s\nwant\n%s", out, want)
	}
}

// A file that a stranger's script wrote must not move the cursor of the terminal that it is shown on.
func TestControlCharactersAreNotShown(t *testing.T) {
	b := newBench(t)
	b.write(".bazelrc", "build --x\x1b[2J\rover\u009b\xff\r\n", 0o600)
	out := b.preview(Bazel{Programs: b.programs})
	if !strings.Contains(out, " build --x?[2J?over??\n") {
		t.Errorf("got %q", out)
	}
}
