package config

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/sesame-auth/sesame/core"
	"github.com/sesame-auth/sesame/core/routes"
	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/env"
	exec "github.com/sesame-auth/sesame/providers/exec/profile"
	oauth2 "github.com/sesame-auth/sesame/providers/oauth2/profile"
	pyx "github.com/sesame-auth/sesame/providers/pyx/profile"
	"github.com/sesame-auth/sesame/providers/static"
)

const document = "../../docs/configuration.md"

// documented is the path in the document's errors.
const documented = "/home/me/.config/sesame/config.toml"

// A block is a fenced part of the document.
type block struct{ language, text string }

func blocks(t *testing.T) []block {
	t.Helper()
	text, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	var all []block
	for i, part := range strings.Split("\n"+string(text), "\n```") {
		if i%2 == 1 {
			language, rest, _ := strings.Cut(part, "\n")
			all = append(all, block{language, rest})
		}
	}
	return all
}

// An example that does not work, or an error that is not what people see, makes
// the whole document worthless. The built-in providers are the real ones.
func TestDocumentedExamplesAndErrorsAreExact(t *testing.T) {
	builtIn := []providers.Profile{env.Profile(), static.Profile(), pyx.Profile(), oauth2.Profile(), exec.Profile()}
	all := blocks(t)
	examples, faults := 0, 0
	for i, b := range all {
		if b.language != "toml" {
			continue
		}
		want := ""
		if i+1 < len(all) && all[i+1].language == "text" && strings.HasPrefix(all[i+1].text, documented) {
			want = all[i+1].text
			faults++
		}
		examples++
		if _, err := Parse(documented, []byte(b.text), builtIn); message(err) != want {
			t.Errorf("the example\n%s\ngives\n%s\nwant\n%s", b.text, message(err), want)
		}
	}
	if examples < 7 || faults < 4 {
		t.Errorf("the document has %d examples, %d of them with errors: the test does not see them all", examples, faults)
	}
}

// The table of patterns is what people copy from.
func TestDocumentedPatternsMatchAsTheTableSays(t *testing.T) {
	text, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "| pattern | matches | does not match |\n|---|---|---|\n")
	table, _, _ = strings.Cut(table, "\n\n")
	urls := 0
	for row := range strings.SplitSeq(table, "\n") {
		cells := strings.Split(row, "|")
		if len(cells) != 5 {
			t.Fatalf("the row %q does not have three cells", row)
		}
		pattern := mustPattern(t, strings.Trim(cells[1], " `"))
		urls += checkCell(t, pattern, cells[2], true) + checkCell(t, pattern, cells[3], false)
	}
	if urls < 15 {
		t.Errorf("the table has %d URLs: the test does not see them all", urls)
	}
}

// A limit that is told wrongly is one that people run into. Those in the tables are written from the code.
func TestDocumentedLimitsAreThoseOfTheCode(t *testing.T) {
	text, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	page := strings.Join(strings.Fields(string(text)), " ")
	spelled := map[int]string{5: "five", 10: "ten"}
	for _, want := range []string{
		fmt.Sprintf("The file has %d MiB at most", maxSize>>20),
		"All of them are printed, up to " + spelled[maxProblems] + ".",
		"1. " + spelled[int(core.DefaultTolerance.Minutes())] + " minutes,",
		fmt.Sprintf("A tolerance is from `\"0s\"`, which means \"until the token expires\", to %s.", written(maxTolerance)),
		fmt.Sprintf("a letter first, %d characters at most", maxPluginName),
	} {
		if !strings.Contains(page, want) {
			t.Errorf("%s does not say %q", document, want)
		}
	}
}

// checkCell compares the URLs of a cell with what the pattern does, and counts them.
func checkCell(t *testing.T, pattern routes.Pattern, cell string, want bool) (urls int) {
	t.Helper()
	for text := range strings.SplitSeq(cell, ",") {
		u, err := providers.ParseURL(strings.Trim(text, " `"))
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if got := pattern.Matches(u); got != want {
			t.Errorf("%s matches %s: %t, want %t", pattern, u, got, want)
		}
		urls++
	}
	return urls
}
