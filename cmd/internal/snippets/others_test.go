//go:build linux

package snippets

import (
	"net"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// documented is how the page of the configuration begins the errors that a test of package config provokes.
const documented = "/home/me/.config/sesame/config.toml:"

var configurationPage = page{
	blocks: []special{{"other users can write", openToOthers}},
	covered: []coverage{{"core/config", "TestDocumentedExamplesAndErrorsAreExact", func(before []block, b block) bool {
		return b.language == "toml" || b.language == "text" && strings.HasPrefix(b.text, documented) &&
			len(before) > 0 && before[len(before)-1].language == "toml"
	}}},
}

// openToOthers compares the block with what is said of a configuration that others can change.
func openToOthers(t *testing.T, w *world, b block) {
	t.Helper()
	within("mkdir -p -m 700 ~/.config/sesame; touch ~/.config/sesame/config.toml; chmod 664 ~/.config/sesame/config.toml; "+
		"sesame config check 2>&1; sesame explain https://registry.example.com 2>&1")(t, w, b)
}

// refusedConnection compares the block with what git is told where nobody listens at the issuer's address.
func refusedConnection(t *testing.T, w *world, b block) {
	t.Helper()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	issuer := "http://" + closed.Addr().String()
	w.write("~/refresh-token", token, 0o600)
	w.configure("[[route]]\nmatch = \"https://git.example.com\"\nprovider = \"oauth2\"\n[route.options]\ngrant = \"refresh_token\"\n" +
		"token_url = \"" + issuer + "/token\"\nclient_id = \"sesame\"\nrefresh_token_file = \"~/refresh-token\"\n")
	out, ok := w.try("printf 'protocol=https\\nhost=git.example.com\\n\\n' | git-credential-sesame get")
	out = strings.ReplaceAll(out, issuer, "https://sso.example.com")
	if shown := strings.Join(strings.Fields(b.text), " "); ok || !same(shown, out) { // the page breaks the line
		t.Errorf("%s:%d: this is not what is printed. The page has\n%s\ngit-credential-sesame prints\n%s", b.page, b.line, shown, out)
	}
}

// socket is where a plugin listens, in the line of its handshake.
var socket = regexp.MustCompile(`\|unix\|/[^|]*\|`)

// handshake has a plugin print the block, with a socket of its own, and wants sesame to go on from there.
func handshake(t *testing.T, w *world, b block) {
	t.Helper()
	line := socket.ReplaceAllLiteralString(strings.TrimSpace(b.text), "|unix|$listens|")
	w.write(w.local("/opt/acme/plugin"), "#!/bin/bash\nexec 3< <(exec '"+bin+"/sesame-provider-static')\n"+
		"IFS='|' read -r _ _ _ listens _ <&3\necho \""+line+"\"\nwait $!\n", 0o755)
	out, _ := w.try("sesame plugins pin /opt/acme/plugin >acme.toml; chmod 600 acme.toml; cat >>acme.toml <<'END'\n[[route]]\n" +
		"match = \"https://registry.example.com\"\nprovider = \"plugin\"\noptions = { secret = \"" + token + "\" }\nEND\n" +
		"sesame --config acme.toml token https://registry.example.com")
	if out != token+"\n" {
		t.Errorf("%s:%d: sesame does not take this from a plugin:\n%s\n%s", b.page, b.line, line, out)
	}
}

// namesFiles wants every file and folder to be there that the picture of the house names in its first column.
func namesFiles(t *testing.T, _ *world, b block) {
	t.Helper()
	before, _, _ := strings.Cut(b.text, "the fronts:")
	folder, column := "", len([]rune(before))
	for line := range strings.Lines(b.text) {
		names := line
		if runes := []rune(line); len(runes) > column {
			names = string(runes[:column])
		}
		for _, name := range strings.FieldsFunc(names, func(r rune) bool { return r == ' ' || r == ',' || r == '\n' }) {
			if dir := filepath.Dir(name); dir != "." || strings.HasSuffix(name, "/") {
				folder = dir
			} else {
				name = filepath.Join(folder, name)
			}
			found, err := filepath.Glob(filepath.Join(root, strings.ReplaceAll(name, "…", "*")))
			if err != nil || len(found) == 0 {
				t.Errorf("%s:%d: there is no %s", b.page, b.line, name)
			}
		}
	}
}
