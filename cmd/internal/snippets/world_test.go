//go:build linux

package snippets

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/sesame-auth/sesame/cmd/internal/programs"
)

// token is the secret of every file and server that a page does not give one to.
const token = "TOKEN"

// places are the folders that a page names from the root of the file system. A test has them in its own folder.
var places = []string{"/run/secrets", "/var/run/secrets", "/opt/acme", "/usr/local/libexec", "/tmp/audit"}

// A world is the machine of one page's reader: an empty home folder, the programs under test, programs that stand in for
// what no test can have, and the servers that the page names.
type world struct {
	*network
	dir     string // of all that follows
	home    string
	begin   string // the folder in which the reader begins
	environ []string
	shell   *shell
	issuers map[string]issuer // by host
	printed string            // by the last block of commands
	after   bool              // that is the block before this one
}

// tools are what the pages start that is not sesame's, with the Debian package of each.
var tools = [][2]string{
	{"docker", "docker-cli (before Debian 13: docker.io)"}, {"jq", "jq"}, {"python3", "python3"},
}

func newWorld(t *testing.T, page []block) *world {
	t.Helper()
	programs.Need(t, "bash", "bash")
	programs.Need(t, "git", "git")
	for _, tool := range tools {
		starts := regexp.MustCompile(`(?m)^(?:.*[|;&] *|sudo )?` + tool[0] + " ")
		if slices.ContainsFunc(page, func(b block) bool { return starts.MatchString(b.text) }) {
			programs.Need(t, tool[0], tool[1])
		}
	}
	dir, err := os.MkdirTemp("", "sesame-snippets-") // nobody else may write to it, as sesame wants it for programs
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	w := &world{dir: dir, home: dir + "/home", begin: dir + "/home", issuers: map[string]issuer{}}
	w.network = newNetwork(t, w.servers(t))
	w.write("authority.pem", string(w.Authority), 0o600)
	w.furnish(t)
	w.environ = []string{
		"HOME=" + w.home, "PATH=" + dir + "/standins:" + bin + ":/usr/local/bin:/usr/bin:/bin", "LC_ALL=C.UTF-8", "TERM=dumb",
		"TMPDIR=" + dir + "/tmp",
		"GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0", "GIT_SSL_CAINFO=" + dir + "/authority.pem",
		"SSL_CERT_FILE=" + dir + "/authority.pem", "HTTPS_PROXY=" + w.Proxy, "https_proxy=" + w.Proxy,
	}
	return w
}

// servers are the hosts of the pages.
func (w *world) servers(t *testing.T) map[string]http.Handler {
	t.Helper()
	for host, secret := range map[string]string{"issuer.example.com": "", "sso.example.com": ""} {
		w.issuers[host] = newIssuer(t, "https://"+host, secret)
	}
	return map[string]http.Handler{
		"git.example.com": gitServer(t), "registry.example.com": registry(), "registry2.example.com": registry(),
		"issuer.example.com": w.issuers["issuer.example.com"], "sso.example.com": w.issuers["sso.example.com"],
	}
}

// furnish writes what is on every machine: the secrets that somebody else has put there, and the programs that stand in.
func (w *world) furnish(t *testing.T) {
	t.Helper()
	for _, folder := range []string{w.home, w.dir + "/tmp"} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"/run/secrets/git", "/run/secrets/registry"} {
		w.write(w.local(name), token+"\n", 0o600)
	}
	standins, err := filepath.Glob("testdata/standins/*")
	if err != nil || len(standins) == 0 {
		t.Fatalf("no stand-ins: %v", err)
	}
	for _, path := range standins {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		w.write("standins/"+filepath.Base(path), string(text), 0o755)
	}
}

// local puts the test's folders in the place of those that a text names.
func (w *world) local(text string) string {
	var pairs []string
	for _, place := range places {
		pairs = append(pairs, place, w.dir+"/places"+place)
	}
	return strings.NewReplacer(append(pairs, "/home/me", w.home)...).Replace(text)
}

// write writes a file: at a path that is absolute, that begins with "~/", or that is below the folder of the world.
func (w *world) write(path, text string, mode os.FileMode) string {
	w.t.Helper()
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		path = w.home + "/" + rest
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(w.dir, path)
	}
	writeFile(w.t, path, text, mode)
	return path
}

// configure makes a text sesame's configuration.
func (w *world) configure(toml string) { w.write("~/.config/sesame/config.toml", w.local(toml), 0o600) }

// set gives the reader's environment a variable, as long as nothing was typed.
func (w *world) set(name, value string) { w.environ = append(w.environ, name+"="+value) }

// variable returns what a variable is set to.
func (w *world) variable(name string) string {
	for _, v := range slices.Backward(w.environ) {
		if value, ok := strings.CutPrefix(v, name+"="); ok {
			return value
		}
	}
	return ""
}

// try runs a text in a shell of its own, not the reader's, and returns what it prints.
func (w *world) try(text string) (printed string, ok bool) {
	cmd := exec.CommandContext(w.t.Context(), "bash", "-eu", "-o", "pipefail", "-c", w.local(text))
	cmd.Dir, cmd.Env = w.home, slices.Clone(w.environ)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // no terminal to ask at
	out, err := cmd.CombinedOutput()
	return w.shown(string(out)), err == nil
}

// must is try for what has to succeed.
func (w *world) must(t *testing.T, b block, text string) (printed string) {
	t.Helper()
	printed, ok := w.try(text)
	if !ok {
		t.Errorf("%s:%d: %s fails:\n%s", b.page, b.line, text, printed)
	}
	return printed
}

// shown is local the other way round, for what programs print.
func (w *world) shown(text string) string {
	return strings.NewReplacer(w.dir+"/places", "", w.home, "/home/me").Replace(text)
}
