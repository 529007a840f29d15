package hostile

import (
	"path/filepath"
	"testing"

	"github.com/sesame-auth/sesame/cmd/internal/leak"
)

// A scene is one way to come by a token, or to fail, with all that is secret in it.
type scene struct {
	name    string
	url     string
	prepare func(h *house, i *issuer)
	fails   bool
}

var scenes = []scene{
	{name: "static", url: "https://git.example.com/", prepare: func(h *house, _ *issuer) {
		token := newSecret("token")
		h.configure(route("git.example.com", "static", `secret = "`+token+`"`) + "username = \"ci\"\n")
	}},
	{name: "static, file", url: "https://git.example.com/", prepare: func(h *house, _ *issuer) {
		token := newSecret("token")
		h.configure(route("git.example.com", "static", `secret_file = "`+h.write("token", token)+`"`))
	}},
	{name: "static, wrong options", url: "https://git.example.com/", fails: true, prepare: func(h *house, _ *issuer) {
		token := newSecret("token")
		h.configure(route("git.example.com", "static", `secret = "`+token+`", secret_file = "`+token+`"`))
	}},
	{name: "static, not TOML", url: "https://git.example.com/", fails: true, prepare: func(h *house, _ *issuer) {
		token := newSecret("token")
		h.configure("[[route]]\nmatch = \"git.example.com\"\noptions = { secret = " + token + " }\n")
	}},
	{name: "static, a token that no line holds", url: "https://git.example.com/", fails: true, prepare: func(h *house, _ *issuer) {
		token := newSecret("token")
		h.configure(route("git.example.com", "static", `secret_file = "`+h.write("token", token+"\x1b"+token)+`"`))
	}},
	{name: "env", url: "https://git.example.com/", prepare: func(h *house, _ *issuer) {
		h.env["SESAME_TOKEN_GIT_EXAMPLE_COM"] = newSecret("token")
	}},
	{name: "env, a token that no line holds", url: "https://git.example.com/", fails: true, prepare: func(h *house, _ *issuer) {
		token := newSecret("token")
		h.env["SESAME_TOKEN_GIT_EXAMPLE_COM"] = token + "\r\n" + token
	}},
	{name: "pyx, login", prepare: func(h *house, i *issuer) {
		i.login(h.t, h.home+"/logins")
	}},
	{name: "pyx, login that is refused", fails: true, prepare: func(h *house, i *issuer) {
		i.status, i.echo = 401, true
		i.login(h.t, h.home+"/logins")
	}},
	{name: "pyx, issuer that fails", fails: true, prepare: func(h *house, i *issuer) {
		i.status, i.echo = 503, true
		i.login(h.t, h.home+"/logins")
	}},
	{name: "pyx, answer that is none", fails: true, prepare: func(h *house, i *issuer) {
		i.status, i.echo = 200, true
		i.login(h.t, h.home+"/logins")
	}},
	{name: "pyx, key", prepare: func(h *house, _ *issuer) {
		h.env["PYX_API_KEY"] = newSecret("key")
	}},
	{name: "pyx, key that is refused", fails: true, prepare: func(h *house, i *issuer) {
		i.status, i.echo = 403, true
		h.env["PYX_API_KEY"] = newSecret("key")
	}},
	{name: "pyx, token in a variable", prepare: func(h *house, _ *issuer) {
		h.env["PYX_AUTH_TOKEN"] = newSecret("token")
	}},
	{name: "plugin", url: "https://acme.example.com/", prepare: func(h *house, _ *issuer) {
		h.pluginRoute(acme(), `behaviour = ""`)
	}},
	{name: "plugin that tells its key", url: "https://acme.example.com/", fails: true,
		prepare: func(h *house, _ *issuer) { h.pluginRoute(acme(), `behaviour = "chatter"`) }},
	{name: "plugin that panics with its key", url: "https://acme.example.com/", fails: true,
		prepare: func(h *house, _ *issuer) { h.pluginRoute(acme(), `behaviour = "panic"`) }},
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
	delete(h.env, "SESAME_LOG_FILE")
	if logFile != "" {
		h.env["SESAME_LOG_FILE"] = filepath.Join(h.home, logFile)
	}
	h.env["PYX_API_URL"], h.env["PYX_CREDENTIALS_DIR"] = i.url, h.home+"/logins"
	// Of a provider that nobody asks, and that no plugin may be given.
	h.env["SESAME_TOKEN_OTHER_EXAMPLE_COM"] = newSecret("other")
	s.prepare(h, i)
	url := s.url
	if url == "" {
		url = i.url + "/simple/"
	}
	w := leak.NewWatch("acme")
	defer w.Stop()
	s.ask(h, url)
	h.scan.Saw(w.Sightings(h.home)...)
	i.mu.Lock()
	defer i.mu.Unlock()
	h.scan.Add(i.secrets...)
}

// ask asks in every way.
func (s scene) ask(h *house, url string) {
	for range 2 {
		for program, text := range map[string]string{
			bazel: bazelRequest(url), git: "url=" + url + "\n\n", docker: url,
		} {
			r := h.run(text, program, "get")
			if failed := r.code != 0; failed != s.fails {
				h.t.Errorf("%s: exit %d: %s", program, r.code, r.stdout+r.stderr)
			}
		}
	}
	// The last refresh has the token before as its own secret.
	h.run(bazelRequest(url), "sesame", "--force-refresh", "bazel", "get")
	h.run("", "sesame", "explain", url)
	h.run("", "sesame", "forget", url)
}
