package hostile

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A scene is one way to come by a token, or to fail, with all that is secret in it.
type scene struct {
	name    string
	url     string
	prepare func(h *house, i *issuer) (secrets []string)
	fails   bool
	given   string // the one variable with a secret that the plugin is given
}

var scenes = []scene{
	{name: "static", url: "https://git.example.com/", prepare: func(h *house, _ *issuer) []string {
		token := newSecret("token")
		h.configure(route("git.example.com", "static", `secret = "`+token+`"`) + "username = \"ci\"\n")
		return []string{token}
	}},
	{name: "static, file", url: "https://git.example.com/", prepare: func(h *house, _ *issuer) []string {
		token := newSecret("token")
		h.configure(route("git.example.com", "static", `secret_file = "`+h.write("token", token)+`"`))
		return []string{token}
	}},
	{name: "static, wrong options", url: "https://git.example.com/", fails: true, prepare: func(h *house, _ *issuer) []string {
		token := newSecret("token")
		h.configure(route("git.example.com", "static", `secret = "`+token+`", secret_file = "`+token+`"`))
		return []string{token}
	}},
	{name: "static, not TOML", url: "https://git.example.com/", fails: true, prepare: func(h *house, _ *issuer) []string {
		token := newSecret("token")
		h.configure("[[route]]\nmatch = \"git.example.com\"\noptions = { secret = " + token + " }\n")
		return []string{token}
	}},
	{name: "static, a token that no line holds", url: "https://git.example.com/", fails: true, prepare: func(h *house, _ *issuer) []string {
		token := newSecret("token")
		h.configure(route("git.example.com", "static", `secret_file = "`+h.write("token", token+"\x1b"+token)+`"`))
		return []string{token}
	}},
	{name: "env", url: "https://git.example.com/", prepare: func(h *house, _ *issuer) []string {
		h.env["SESAME_TOKEN_GIT_EXAMPLE_COM"] = newSecret("token")
		return []string{h.env["SESAME_TOKEN_GIT_EXAMPLE_COM"]}
	}},
	{name: "env, a token that no line holds", url: "https://git.example.com/", fails: true, prepare: func(h *house, _ *issuer) []string {
		token := newSecret("token")
		h.env["SESAME_TOKEN_GIT_EXAMPLE_COM"] = token + "\r\n" + token
		return []string{token}
	}},
	{name: "pyx, login", prepare: func(h *house, i *issuer) []string {
		i.login(h.t, h.home+"/logins")
		return nil
	}},
	{name: "pyx, login that is refused", fails: true, prepare: func(h *house, i *issuer) []string {
		i.status, i.echo = 401, true
		i.login(h.t, h.home+"/logins")
		return nil
	}},
	{name: "pyx, issuer that fails", fails: true, prepare: func(h *house, i *issuer) []string {
		i.status, i.echo = 503, true
		i.login(h.t, h.home+"/logins")
		return nil
	}},
	{name: "pyx, answer that is none", fails: true, prepare: func(h *house, i *issuer) []string {
		i.status, i.echo = 200, true
		i.login(h.t, h.home+"/logins")
		return nil
	}},
	{name: "pyx, key", given: "PYX_API_KEY", prepare: func(h *house, _ *issuer) []string {
		h.env["PYX_API_KEY"] = newSecret("key")
		return []string{h.env["PYX_API_KEY"]}
	}},
	{name: "pyx, key that is refused", given: "PYX_API_KEY", fails: true, prepare: func(h *house, i *issuer) []string {
		i.status, i.echo = 403, true
		h.env["PYX_API_KEY"] = newSecret("key")
		return []string{h.env["PYX_API_KEY"]}
	}},
	{name: "pyx, token in a variable", given: "PYX_AUTH_TOKEN", prepare: func(h *house, _ *issuer) []string {
		h.env["PYX_AUTH_TOKEN"] = newSecret("token")
		return []string{h.env["PYX_AUTH_TOKEN"]}
	}},
	{name: "plugin", url: "https://acme.example.com/", given: "ACME_API_KEY", prepare: func(h *house, _ *issuer) []string {
		return h.acmeSecrets(`behaviour = ""`)
	}},
	{name: "plugin that tells its key", url: "https://acme.example.com/", given: "ACME_API_KEY", fails: true,
		prepare: func(h *house, _ *issuer) []string { return h.acmeSecrets(`behaviour = "chatter"`) }},
	{name: "plugin that panics with its key", url: "https://acme.example.com/", given: "ACME_API_KEY", fails: true,
		prepare: func(h *house, _ *issuer) []string { return h.acmeSecrets(`behaviour = "panic"`) }},
}

func (h *house) acmeSecrets(options string) []string {
	h.pluginRoute(acme, options)
	return []string{h.env["ACME_API_KEY"]}
}

// Whatever happens, and however much is logged, a secret is in the answer, in the stored token and
// where its owner put it, and nowhere else.
func TestNoSecretIsInALogAnErrorAnArgumentOrAnotherFile(t *testing.T) {
	for _, scene := range scenes {
		for _, file := range []string{"", "log"} {
			t.Run(scene.name+" "+file, func(t *testing.T) { scene.play(t, file) })
		}
	}
}

func (s scene) play(t *testing.T, logFile string) {
	h, i := newHouse(t), newIssuer(t)
	h.env["SESAME_LOG"] = "trace"
	if logFile != "" {
		h.env["SESAME_LOG_FILE"] = filepath.Join(h.home, logFile)
	}
	h.env["PYX_API_URL"], h.env["PYX_CREDENTIALS_DIR"] = i.url, h.home+"/logins"
	// Of a provider that nobody asks, and that no plugin may be given.
	other := newSecret("other")
	h.env["SESAME_TOKEN_OTHER_EXAMPLE_COM"] = other
	secrets := append(s.prepare(h, i), other)
	url := s.url
	if url == "" {
		url = i.url + "/simple/"
	}
	w := newWatch(t, bin)
	told := s.ask(h, url)
	i.mu.Lock()
	defer i.mu.Unlock()
	secrets = append(secrets, i.secrets...)
	for _, secret := range secrets {
		if holds(told, secret) {
			t.Errorf("%s is told: %s", secret, told)
		}
		h.wantNotWritten(secret)
		s.wantNotSeen(t, h, w.sightings(), secret)
	}
}

// ask asks in every way, and returns all that was said beside the answers.
func (s scene) ask(h *house, url string) string {
	var told strings.Builder
	for range 2 {
		for program, text := range map[string]string{
			bazel: bazelRequest(url), git: "url=" + url + "\n\n", docker: url,
		} {
			r := h.run(text, program, "get")
			if failed := r.code != 0; failed != s.fails {
				h.t.Errorf("%s: exit %d: %s", program, r.code, r.stdout+r.stderr)
			}
			told.WriteString(r.stderr)
			if s.fails {
				told.WriteString(r.stdout)
			}
		}
	}
	forced := h.run(bazelRequest(url), "sesame", "--force-refresh", "bazel", "get")
	explained := h.run("", "sesame", "explain", url)
	// The last refresh has the token before as its own secret.
	fmt.Fprint(&told, forced.stderr, explained.stdout, explained.stderr)
	fmt.Fprint(&told, h.run("", "sesame", "forget", url).stderr)
	return told.String()
}

// wantNotWritten looks through every file but the stored tokens and where the secret was put.
func (h *house) wantNotWritten(secret string) {
	h.t.Helper()
	err := filepath.WalkDir(h.home, func(path string, entry fs.DirEntry, err error) error {
		own := strings.HasPrefix(path, h.home+"/logins/") || path == h.home+"/token" ||
			strings.HasSuffix(path, ".token") || path == h.home+"/.config/sesame/config.toml" ||
			// The compiled configuration has what the configuration has; it is the owner's alone.
			strings.HasSuffix(path, ".table")
		if err != nil || own || !entry.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		if holds(string(content), secret) {
			h.t.Errorf("%s is in %s:\n%s", secret, path, content)
		}
		return err
	})
	if err != nil {
		h.t.Error(err)
	}
}

// wantNotSeen checks that the secret is in no argument, and in no environment but of those that
// were started with it: the fronts and the refresher, which have the tool's, and the plugin whose it is.
func (s scene) wantNotSeen(t *testing.T, h *house, all []sighting, secret string) {
	t.Helper()
	for _, seen := range all {
		if holds(seen.arguments, secret) {
			t.Errorf("%s is an argument of %s: %q", secret, seen.program, seen.arguments)
		}
		plugin := strings.HasPrefix(seen.program, "sesame-provider-") || seen.program == "acme"
		for variable := range strings.SplitSeq(seen.environ, "\x00") {
			name, value, _ := strings.Cut(variable, "=")
			started := h.env[name] == value && (!plugin || name == s.given)
			if !started && holds(value, secret) {
				t.Errorf("%s is in the variable %s of %s", secret, name, seen.program)
			}
		}
	}
}
