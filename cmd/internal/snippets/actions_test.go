//go:build linux

package snippets

import (
	"fmt"
	"strings"
	"testing"
)

// bazelrcOrPrinted is for a block that does not say what it is: lines for a .bazelrc, or what the commands before it print.
func bazelrcOrPrinted(t *testing.T, w *world, b block) {
	t.Helper()
	if strings.HasPrefix(b.text, "common ") || strings.HasPrefix(b.text, "build ") {
		asksForBazel(t, w, b)
		return
	}
	printed(t, w, b)
}

// asksForBazel has Bazel read lines of a .bazelrc, in a workspace and a home folder that have nothing else, and ask the helpers that
// they name, each for a host that it is for.
func asksForBazel(t *testing.T, w *world, b block) {
	t.Helper()
	for line := range strings.Lines(b.text) {
		host := "cache.example.com"
		if _, option, _ := strings.Cut(line, "="); strings.Contains(option, "=") {
			host, _, _ = strings.Cut(option, "=")
			host = strings.Replace(host, "*", "any", 1)
		}
		out := w.must(t, b, fmt.Sprintf("cd \"$(mktemp -d)\"; cp -r '%s/tools' . 2>/dev/null || true; cat >.bazelrc <<'END'\n%sEND\n"+
			"SESAME_TOKEN_%s=%s HOME=$PWD/home bazel build https://%s/a",
			w.begin, b.text, strings.ToUpper(strings.ReplaceAll(host, ".", "_")), token, host))
		if want := `{"headers":{"Authorization":["Bearer ` + token + `"]}`; !strings.HasPrefix(out, want) {
			t.Errorf("%s:%d: Bazel gets for https://%s/a: %s", b.page, b.line, host, out)
		}
	}
}

// each does all actions with a block.
func each(actions ...action) action {
	return func(t *testing.T, w *world, b block) {
		t.Helper()
		for _, do := range actions {
			do(t, w, b)
		}
	}
}

// given does an action with another configuration than the reader's.
func given(toml string, do action) action {
	return func(t *testing.T, w *world, b block) {
		t.Helper()
		before := w.variable("SESAME_CONFIG")
		w.set("SESAME_CONFIG", w.write("given.toml", w.local(toml), 0o600))
		defer w.set("SESAME_CONFIG", before)
		do(t, w, b)
	}
}

// sent has a program read the block, and wants the answer to have a text.
func sent(command, want string) action {
	return func(t *testing.T, w *world, b block) {
		t.Helper()
		w.write("request", b.text, 0o600)
		if out := w.must(t, b, command+" <'"+w.dir+"/request'"); !strings.Contains(out, want) {
			t.Errorf("%s:%d: %s answers this with\n%s\nwant %s", b.page, b.line, command, out, want)
		}
	}
}

// within is answers for a block that is a part of what is printed.
func within(command string) action {
	return func(t *testing.T, w *world, b block) {
		t.Helper()
		if out, _ := w.try(command); !contains(w.shown(b.text), out) {
			t.Errorf("%s:%d: this is not printed:\n%s\n%s\nprints\n%s", b.page, b.line, w.shown(b.text), command, out)
		}
	}
}

// then has the reader type something that the page does not say, mostly to see that the block has worked.
func then(command, want string) action {
	return func(t *testing.T, w *world, b block) {
		t.Helper()
		out, err := w.shell.types(w.local(command)+"\n", nil)
		if err != nil {
			t.Fatalf("%s:%d: after this, %s fails:\n%s", b.page, b.line, command, out)
		}
		if !strings.Contains(out, want) {
			t.Errorf("%s:%d: after this, %s prints\n%s\nwant %s", b.page, b.line, command, out, want)
		}
	}
}
