package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Git's own way of telling a path from a name has led many into a helper that is never called.
func TestGitHelpersAreJudgedAsGitReadsThem(t *testing.T) {
	c := newTooled(t)
	good := filepath.Join(c.folder, "git-credential-sesame")
	write(t, filepath.Join(c.folder, "sesame"+extension), "", 0o700)
	for value, want := range map[string]string{
		"sesame": "", good: "", filepath.Join(c.folder, "sesame") + " --config /c git": "", "!" + good + " --x": "",
		"git-credential-sesame":         "git-credential-git-credential-sesame, which is no program",
		"'" + good + "'":                "takes '" + good + "' for a name",
		"~/bin/git-credential-sesame":   "for a name, and not for a path",
		"/none/git-credential-sesame":   "which cannot be started",
		"/usr/bin/sesame":               "does not speak its protocol",
		"/x/docker-credential-sesame":   "does not speak its protocol",
		"./bin/git-credential-sesame":   "for a name, and not for a path",
		"other-credential-sesame --opt": "git-credential-other-credential-sesame",
	} {
		h := gitHelper{origin: "file:/g", value: value}
		found := c.checkGitProgram(h)
		if !h.ours() || (want == "") != (found == nil) || want != "" && !strings.Contains(states(found)[0], want) {
			t.Errorf("%s: ours %v, got %q, want %q", value, h.ours(), states(found), want)
		}
	}
	for _, other := range []string{"", "store", "open-sesame", "!f() { echo password=sesame; }; f", "/usr/bin/opensesame"} {
		if (gitHelper{value: other}).ours() {
			t.Errorf("%q is taken for sesame", other)
		}
	}
}

func TestGitHelpersAreReadInTheirOrder(t *testing.T) {
	got := parseGitHelpers("file:/a\x00credential.helper\nstore --file x\x00file:/b\x00credential.https://h.test/a.b.helper\n\x00command line:\x00credential.helper\x00")
	want := []gitHelper{{"file:/a", "", "store --file x"}, {"file:/b", "https://h.test/a.b", ""}, {"command line:", "", ""}}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestGitHelperThatKeepsTokensBesideSesameIsToldOf(t *testing.T) {
	list := func(values ...string) (helpers []gitHelper) {
		for _, value := range values {
			scope, value, ok := strings.Cut(value, "|")
			if !ok {
				scope, value = "", scope
			}
			helpers = append(helpers, gitHelper{origin: "file:/g", scope: scope, value: value})
		}
		return helpers
	}
	for _, row := range []struct {
		name    string
		helpers []gitHelper
		want    bool
	}{
		{"beside", list("cache --timeout 60", "sesame"), true}, {"by its path", list("sesame", "/usr/lib/git-core/git-credential-libsecret"), true},
		{"cleared", list("store", "", "sesame"), false}, {"alone", list("sesame"), false}, {"sesame cleared", list("sesame", "", "store"), false},
		{"for another URL", list("https://b.test|store", "sesame"), false}, {"one that keeps nothing", list("oauth", "sesame"), false},
	} {
		if found := checkGitNeighbours(row.helpers); (found != nil) != row.want {
			t.Errorf("%s: got %q", row.name, states(found))
		}
	}
}
