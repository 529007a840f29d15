//go:build unix

package hostile

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/sesame-auth/sesame/cmd/internal/leak"
)

// pluginRoute configures the plugin of these tests, with its pin.
func (h *house) pluginRoute(path, options string) {
	h.t.Helper()
	h.env["ACME_API_KEY"] = newSecret("key")
	h.configure(fmt.Sprintf("[plugin.acme]\npath = %q\nsha256 = %q\nvariables = [\"ACME_API_KEY\"]\n", path, h.digest(path)) +
		route("acme.example.com", "acme", options))
}

func (h *house) digest(path string) string {
	h.t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		h.t.Fatal(err)
	}
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// copyProgram copies an executable into the house, and returns its path.
func (h *house) copyProgram(from, name string) string {
	h.t.Helper()
	content, err := os.ReadFile(from)
	if err != nil {
		h.t.Fatal(err)
	}
	path := h.write(name, string(content))
	if err := os.Chmod(path, 0o700); err != nil {
		h.t.Fatal(err)
	}
	return path
}

// The tool's working directory is a stranger's repository: what lies there must not choose
// where tokens go, or which programs run.
func TestConfigurationInTheWorkingDirectoryIsNeverRead(t *testing.T) {
	h := newHouse(t)
	token := newSecret("token")
	for _, name := range []string{
		"config.toml", "sesame.toml", ".sesame.toml", "sesame/config.toml", ".config/sesame/config.toml", ".sesame/config.toml",
	} {
		h.write("work/"+name, route("git.example.com", "static", `secret = "`+token+`"`))
	}
	for name, environment := range map[string]string{
		"no variable": "", "a relative XDG_CONFIG_HOME": "XDG_CONFIG_HOME=.", "a relative HOME": "HOME=.",
		"an empty SESAME_CONFIG": "SESAME_CONFIG=",
	} {
		t.Run(name, func(t *testing.T) {
			variable, value, set := strings.Cut(environment, "=")
			if set {
				defer func(old string) { h.env[variable] = old }(h.env[variable])
				h.env[variable] = value
			}
			for program, text := range request {
				if r := h.run(text, program, "get"); leak.Holds(r.stdout+r.stderr, token) {
					t.Errorf("%s has the token of the working directory", program)
				}
			}
		})
	}
}

// A relative path would be the repository's to fill.
func TestRelativeSesameConfigIsRefused(t *testing.T) {
	h := newHouse(t)
	token := newSecret("token")
	h.write("work/config.toml", route("git.example.com", "static", `secret = "`+token+`"`))
	h.env["SESAME_CONFIG"] = "config.toml"
	for program, text := range request {
		r := h.run(text, program, "get")
		r.wantRefusal(t, program)
		if !strings.Contains(r.stdout+r.stderr, "SESAME_CONFIG: config.toml is not an absolute path") {
			t.Errorf("%s says %q", program, r.stdout+r.stderr)
		}
	}
}

// command matches the command that a message names as the repair: its last words.
var command = regexp.MustCompile(`(?:run: |type: )(chmod [^;\n]+)`)

// Whoever can write the file, or exchange it, chooses the token or the program; so it is refused, and the
// message names the command that mends it. The test runs that very command.
func TestWhatOthersCanWriteIsRefusedUntilItIsRepaired(t *testing.T) {
	tests := []struct {
		name    string
		prepare func(h *house) (path string) // configures, and returns what to open to others
		mode    os.FileMode
		url     string
	}{
		{"configuration", func(h *house) string {
			return h.configure(route("git.example.com", "static", `secret = "t"`))
		}, 0o620, "https://git.example.com/"},
		{"folder of the configuration", func(h *house) string {
			return filepath.Dir(h.configure(route("git.example.com", "static", `secret = "t"`)))
		}, 0o777, "https://git.example.com/"},
		{"secret file", func(h *house) string {
			path := h.write("a secret", "t")
			h.configure(route("git.example.com", "static", `secret_file = "`+path+`"`))
			return path
		}, 0o640, "https://git.example.com/"},
		{"state folder", func(h *house) string {
			h.pluginRoute(acme(), "")
			h.write("state/x", "")
			return h.state
		}, 0o755, "https://acme.example.com/"},
		{"plugin", func(h *house) string {
			path := h.copyProgram(acme(), "plugins/acme it's")
			h.pluginRoute(path, "")
			return path
		}, 0o722, "https://acme.example.com/"},
		{"folder of the plugin", func(h *house) string {
			path := h.copyProgram(acme(), "plugins/acme")
			h.pluginRoute(path, "")
			return filepath.Dir(path)
		}, 0o770, "https://acme.example.com/"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h := newHouse(t)
			path := test.prepare(h)
			if err := os.Chmod(path, test.mode); err != nil {
				t.Fatal(err)
			}
			refused := h.ask(test.url)
			if refused.code != 1 || refused.stdout != "" {
				t.Errorf("exit %d, output %q: want 1, and no answer", refused.code, refused.stdout)
			}
			for line := range strings.Lines(refused.stderr) {
				wantOneLine(t, line) // the state folder has a warning of its own
			}
			found := command.FindStringSubmatch(refused.stderr)
			if found == nil || !strings.Contains(refused.stderr, path) {
				t.Fatalf("%q names no file and no command", refused.stderr)
			}
			if out, err := exec.Command("sh", "-c", found[1]).CombinedOutput(); err != nil {
				t.Fatalf("%s: %v: %s", found[1], err, out)
			}
			// Forced, since a failure is remembered for a second.
			repaired := h.run(bazelRequest(test.url), "sesame", "--force-refresh", "bazel", "get")
			if repaired.code != 0 || !strings.Contains(repaired.stdout, "Authorization") {
				t.Errorf("after %s: exit %d, %q", found[1], repaired.code, repaired.stderr)
			}
		})
	}
}

// A token that others could read is one that others may have; and one that lies behind a link
// is not where it seems.
func TestStoredTokenThatOthersCouldReachIsNotServed(t *testing.T) {
	tests := []struct {
		name    string
		prepare func(path, elsewhere string) error
	}{
		{"readable", func(path, _ string) error { return os.Chmod(path, 0o644) }},
		{"a second name", os.Link},
		{"a symbolic link", func(path, elsewhere string) error {
			if err := os.Rename(path, elsewhere); err != nil {
				return err
			}
			return os.Symlink(elsewhere, path)
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h := newHouse(t)
			h.pluginRoute(h.copyProgram(acme(), "plugins/acme"), "")
			if r := h.ask("https://acme.example.com/"); r.code != 0 {
				t.Fatal(r.stderr)
			}
			// Without its plugin, the stored token is the only one.
			if err := os.Remove(filepath.Join(h.home, "plugins/acme")); err != nil {
				t.Fatal(err)
			}
			if r := h.ask("https://acme.example.com/"); r.code != 0 {
				t.Fatal("the stored token is not served: " + r.stderr)
			}
			paths, err := filepath.Glob(h.state + "/*.token")
			if err != nil || len(paths) != 1 {
				t.Fatalf("%d stored tokens, error %v", len(paths), err)
			}
			if err := test.prepare(paths[0], filepath.Join(h.home, "plugins/elsewhere")); err != nil {
				t.Fatal(err)
			}
			if r := h.ask("https://acme.example.com/"); r.code == 0 || r.stdout != "" {
				t.Errorf("it is served: exit %d, %q", r.code, r.stderr)
			}
		})
	}
}
