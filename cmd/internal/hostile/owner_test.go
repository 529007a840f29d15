//go:build unix

package hostile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sesame-auth/sesame/cmd/internal/leak"
	"github.com/sesame-auth/sesame/cmd/internal/programs"
)

// acmeRequest is what each tool sends for the host of the plugin.
var acmeRequest = map[string]string{
	bazel:  bazelRequest("https://acme.example.com/"),
	git:    "protocol=https\nhost=acme.example.com\n\n",
	docker: "acme.example.com",
}

// A stranger's is a file or a folder that belongs to another user of the machine.
type strangers struct {
	name string
	// prepare makes what could be served, and returns what the other user has.
	prepare func(h *house) (path string)
	says    string
	answers bool // with the right token all the same
	front   bool // only a front has such a file
}

var strangersFiles = []strangers{
	{name: "configuration", says: "belongs to user 65534, neither to you nor to root", prepare: func(h *house) string {
		return h.configure(route("acme.example.com", "static", `secret = "`+newSecret("token")+`"`))
	}},
	{name: "folder of the configuration", says: "belongs to user 65534, neither to you nor to root", prepare: func(h *house) string {
		return filepath.Dir(h.configure(route("acme.example.com", "static", `secret = "`+newSecret("token")+`"`)))
	}},
	{name: "secret file", says: "belongs to another user", prepare: func(h *house) string {
		path := h.write("token", newSecret("token"))
		h.configure(route("acme.example.com", "static", `secret_file = "`+path+`"`))
		return path
	}},
	{name: "plugin", says: "belongs to user 65534, who could replace the plugin", prepare: (*house).installAcme},
	{name: "folder of the plugin", says: "belongs to user 65534, who could replace the plugin", prepare: func(h *house) string {
		return filepath.Dir(h.installAcme())
	}},
	{name: "state folder", says: "belongs to user 65534; set SESAME_STATE_DIR to a folder of your own", prepare: func(h *house) string {
		h.plant()
		return h.state
	}},
	{name: "stored token", says: "belongs to user 65534; remove it", prepare: func(h *house) string {
		path := h.plant()
		h.remove("plugins/acme") // the stored token is the only one
		return path
	}},
	{name: "stored token, and a plugin", says: "belongs to user 65534; remove it", answers: true, prepare: (*house).plant},
	{name: "lock", says: "belongs to user 65534; remove it", prepare: func(h *house) string {
		path := h.plant()
		h.remove(filepath.Join("state", filepath.Base(path))) // or else nobody needs the lock
		return strings.TrimSuffix(path, ".token") + ".lock"
	}},
	{name: "compiled configuration", answers: true, front: true, prepare: (*house).plantRoutes},
	{name: "lock of the configuration", answers: true, front: true, prepare: func(h *house) string {
		h.remove(filepath.Join("state", filepath.Base(h.plant())))
		h.remove(filepath.Join("state", filepath.Base(h.only("state/*.table"))))
		return h.only("state/routes-*.lock")
	}},
}

// Whoever owns a file can give it any content and any mode. What another user of the machine owns is refused or
// counts as absent, even by root, who can read everything.
func TestWhatAnotherUserOwnsIsNotServed(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give a file to another user")
	}
	for _, row := range strangersFiles {
		for program, request := range acmeRequest {
			t.Run(row.name+", "+strings.TrimSuffix(program, "-credential-sesame"), func(t *testing.T) {
				if row.front && programs.Traced() {
					t.Skip("a front that logs is the whole program")
				}
				h := newHouse(t)
				path := row.prepare(h)
				if err := os.Lchown(path, 65534, 65534); err != nil {
					t.Fatal(err)
				}
				r := h.run(request, program, "get")
				if !row.answers {
					r.wantDenial(t, program)
				} else if !h.tells(r, "value-"+h.env["ACME_API_KEY"]) {
					t.Errorf("exit %d, %q: not the right token", r.code, r.stdout+r.stderr)
				}
				if h.tells(r, planted) {
					t.Errorf("it is served: %q", r.stdout)
				}
				if said := r.stdout + r.stderr; !strings.Contains(said, row.says) || row.says != "" && !strings.Contains(said, path) {
					t.Errorf("%q does not say that %s %s", said, path, row.says)
				}
			})
		}
	}
}

// wantDenial is wantRefusal, but a warning may stand before the message.
func (r result) wantDenial(t *testing.T, program string) {
	t.Helper()
	_, last, several := strings.Cut(strings.TrimSuffix(r.stderr, "\n"), "\n")
	if several && program != docker {
		r.stderr = last + "\n"
	} else if program == docker {
		r.stderr = ""
	}
	r.wantRefusal(t, program)
}

// planted begins the token that another user put into the store.
const planted = "VALUE-"

// installAcme configures the plugin of these tests, and returns its executable.
func (h *house) installAcme() (path string) {
	h.t.Helper()
	path = h.copyProgram(acme(), "plugins/acme")
	h.pluginRoute(path, "")
	return path
}

// plant has another token stored than the plugin's, and returns its file.
func (h *house) plant() (path string) {
	h.t.Helper()
	h.installAcme()
	return h.exchange("state/*.token")
}

// plantRoutes has a configuration compiled, puts another token into it, and returns the compiled file.
func (h *house) plantRoutes() (path string) {
	h.t.Helper()
	h.env["ACME_API_KEY"] = newSecret("key")
	h.configure(route("acme.example.com", "static", `secret = "value-`+h.env["ACME_API_KEY"]+`"`))
	return h.exchange("state/*.table")
}

// exchange puts another token into the one file that matches. It is served, or else a test that it
// is not would prove nothing.
func (h *house) exchange(pattern string) (path string) {
	h.t.Helper()
	if r := h.ask("https://acme.example.com/"); r.code != 0 {
		h.t.Fatal(r.stderr)
	}
	path = h.only(pattern)
	text, err := os.ReadFile(path)
	if err != nil {
		h.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(text), "value-", planted, 1)), 0o600); err != nil {
		h.t.Fatal(err)
	}
	if r := h.ask("https://acme.example.com/"); !h.tells(r, planted) {
		h.t.Fatalf("the planted token is not served: %q", r.stdout+r.stderr)
	}
	return path
}

// tells reports whether an answer has a token, in whatever spelling.
func (h *house) tells(r result, token string) bool { return leak.Holds(r.stdout, token) }

// only returns the one file that a pattern matches.
func (h *house) only(pattern string) (path string) {
	h.t.Helper()
	paths, err := filepath.Glob(filepath.Join(h.home, pattern))
	if err != nil || len(paths) != 1 {
		h.t.Fatalf("%d files %s, error %v; want one", len(paths), pattern, err)
	}
	return paths[0]
}

func (h *house) remove(name string) {
	h.t.Helper()
	if err := os.Remove(filepath.Join(h.home, name)); err != nil {
		h.t.Fatal(err)
	}
}
