//go:build linux

package snippets

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/sesame-auth/sesame/cmd/internal/programs"
)

// An action does with a block what a reader does with it.
type action func(t *testing.T, w *world, b block)

// A page is what has to be said of a document beyond its text.
type page struct {
	world   func(t *testing.T, w *world) // what the reader has before the first line
	blocks  []special
	covered []coverage // by tests of other packages
}

// A special is a block that is not done as others of its language are.
type special struct {
	has string // a text that this block has, and no other of its page
	do  action
}

// usual is how a block is done that the table says nothing of.
var usual = map[string]action{
	"sh":      typed,
	"console": printed,
	"text":    bazelrcOrPrinted,
	"":        bazelrcOrPrinted,
	"toml":    accepted,
	"json":    asksForDocker,
}

// What is on a page is typed by people who have never seen it work. Nothing stays on a page that no test has typed.
func TestEverySnippetIsRun(t *testing.T) {
	for _, name := range documents(t) {
		all := blocks(name, readPage(t, name))
		if len(all) == 0 {
			continue
		}
		t.Run(strings.NewReplacer("/", "_", ".md", "").Replace(name), func(t *testing.T) {
			t.Parallel()
			pages[name].follow(t, all)
		})
	}
}

// follow does all blocks of a page.
func (p page) follow(t *testing.T, all []block) {
	p.check(t, all)
	var w *world // only where a block needs one: most pages that others test do not
	for i, b := range all {
		if p.isCovered(all[:i], b) {
			continue
		}
		if w == nil {
			w = newWorld(t, all)
			if p.world != nil {
				p.world(t, w)
			}
			w.shell = newShell(t, w.dir, w.begin, w.environ)
		}
		do := p.action(b)
		if do == nil {
			notRun(t, b)
			continue
		}
		b.text = w.local(b.text)
		w.after = i > 0 && all[i-1].language == "sh"
		do(t, w, b)
	}
}

// notRun is for a block that no test knows what to do with.
func notRun(t *testing.T, b block) {
	t.Helper()
	t.Errorf("%s:%d: no test runs this snippet: nobody knows what a reader does with a block of the language %q here; "+
		"say it in the table pages of this test", b.page, b.line, b.language)
}

// action returns what is done with a block; nil where nobody knows.
func (p page) action(b block) action {
	for _, s := range p.blocks {
		if strings.Contains(b.text, s.has) {
			return s.do
		}
	}
	return usual[b.language]
}

// check wants every line of the table to mean one block of the page. Otherwise nothing on it is done: an exception
// may be among it that is no exception any more.
func (p page) check(t *testing.T, all []block) {
	t.Helper()
	for _, s := range p.blocks {
		has := func(b block) bool { return strings.Contains(b.text, s.has) }
		first := slices.IndexFunc(all, has)
		if first < 0 || slices.ContainsFunc(all[first+1:], has) {
			t.Fatalf("the table pages: %s: there is not exactly one block with %q", all[0].page, s.has)
		}
	}
}

// typed types the commands of a block.
func typed(t *testing.T, w *world, b block) { watched(nil)(t, w, b) }

// watched is typed, with somebody who reads along.
func watched(watch func(w *world, line string)) action {
	return func(t *testing.T, w *world, b block) {
		t.Helper()
		read := func(line string) {
			if watch != nil {
				watch(w, line)
			}
		}
		out, err := w.shell.types(b.text, read)
		w.printed = w.shown(out)
		if err != nil {
			t.Fatalf("%s:%d: this snippet does not work: %v\n%s\nprints\n%s", b.page, b.line, err, w.shown(b.text), w.printed)
		}
	}
}

// prints is typed for a block whose output the page tells in other words than to the letter. It has all these texts.
func prints(texts ...string) action {
	return func(t *testing.T, w *world, b block) {
		t.Helper()
		typed(t, w, b)
		for _, text := range texts {
			if !contains(text, w.printed) {
				t.Errorf("%s:%d: there is no %q in what this prints:\n%s", b.page, b.line, text, w.printed)
			}
		}
	}
}

// printed compares a block with what the commands before it have printed last: a page leaves out what comes before.
func printed(t *testing.T, w *world, b block) {
	t.Helper()
	if !w.after {
		notRun(t, b)
		return
	}
	if shown := w.shown(b.text); !same(shown, lastLines(w.printed, shown)) {
		t.Errorf("%s:%d: this is not what is printed. The page has\n%s\nthe commands before it print\n%s", b.page, b.line, b.text, w.printed)
	}
}

// answers compares a block with what a command prints that is not on the page.
func answers(command string) action {
	return func(t *testing.T, w *world, b block) {
		t.Helper()
		got, _ := w.try(command)
		if !same(w.shown(b.text), got) {
			t.Errorf("%s:%d: this is not what is printed. The page has\n%s\n%s\nprints\n%s", b.page, b.line, b.text, command, got)
		}
	}
}

// accepted has sesame check a configuration.
func accepted(t *testing.T, w *world, b block) {
	t.Helper()
	file := w.write("checked.toml", b.text, 0o600)
	if out, ok := w.try("sesame --config '" + file + "' config check"); !ok {
		t.Errorf("%s:%d: this configuration is refused:\n%s", b.page, b.line, out)
	}
}

// serves is accepted, and wants the configuration to have a token for a URL.
func serves(url, want string) action {
	return func(t *testing.T, w *world, b block) {
		t.Helper()
		accepted(t, w, b)
		out := w.must(t, b, "sesame --config '"+w.dir+"/checked.toml' token "+url)
		if want != "" && out != want+"\n" {
			t.Errorf("%s:%d: the token for %s is %q, want %q", b.page, b.line, url, out, want)
		}
	}
}

// installed is accepted, and leaves the configuration in its place.
func installed(t *testing.T, w *world, b block) {
	t.Helper()
	accepted(t, w, b)
	w.configure(b.text)
}

// asksForDocker has docker read a configuration, and pull by it with what sesame hands out.
func asksForDocker(t *testing.T, w *world, b block) {
	t.Helper()
	programs.Need(t, "docker", "docker-cli (before Debian 13: docker.io)")
	var config struct {
		CredsStore  string            `json:"credsStore"`
		CredHelpers map[string]string `json:"credHelpers"`
	}
	decoder := json.NewDecoder(strings.NewReader(b.text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&config); err != nil {
		t.Fatalf("%s:%d: no configuration of docker's: %v", b.page, b.line, err)
	}
	w.write("docker/config.json", b.text, 0o600)
	registries := map[string]string{"registry.example.com": config.CredsStore}
	if len(config.CredHelpers) > 0 {
		registries = config.CredHelpers
	}
	for host := range registries {
		variable := "SESAME_TOKEN_" + strings.ToUpper(strings.NewReplacer(".", "_", ":", "_", "-", "__").Replace(host))
		out := w.must(t, b, variable+"="+token+" docker --config '"+w.dir+"/docker' manifest inspect "+host+"/team/app:1")
		if !strings.Contains(out, `"schemaVersion": 2`) {
			t.Errorf("%s:%d: docker reads no manifest from %s: %s", b.page, b.line, host, out)
		}
	}
}
