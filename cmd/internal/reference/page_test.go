package reference

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/sesame-auth/sesame/cmd/internal/catalog"
	"github.com/sesame-auth/sesame/core/config"
)

var update = flag.Bool("update", false, "write the tables as the code has them into docs/configuration.md")

const (
	pages = "../../../docs/"
	end   = "<!-- end -->\n"
)

// A part of a page is a table that the code has.
type part struct {
	mark string // which one it is
	rows [][]string
}

// begin is the line before the part. What stands between it and the end is not for people to write.
func (p part) begin() string { return "<!-- " + p.mark + ": written by go generate -->\n" }

// text returns the table in Markdown.
func (p part) text() string {
	var b strings.Builder
	for i, row := range p.rows {
		b.WriteString("| " + strings.Join(row, " | ") + " |\n")
		if i == 0 {
			b.WriteString(strings.Repeat("|---", len(row)) + "|\n")
		}
	}
	return b.String()
}

func parts() []part {
	top, route, plugin := config.Keys()
	return []part{
		{"keys of the file", keyRows(top)}, {"keys of a route", keyRows(route)}, {"keys of a plugin", keyRows(plugin)},
		{"variables", variableRows()},
	}
}

// keyRows returns the required keys first: a person begins with them.
func keyRows(keys []config.Key) [][]string {
	slices.SortStableFunc(keys, func(a, b config.Key) int { return rank(a) - rank(b) })
	rows := [][]string{{"key", "value", "default"}}
	for _, key := range keys {
		rows = append(rows, []string{"`" + key.Name + "`", key.Usage, key.Default})
	}
	return rows
}

func rank(key config.Key) int {
	if key.Default == "required" {
		return 0
	}
	return 1
}

// A manual that leaves out a key, or tells another default than the code has, is what people write their
// configurations by.
func TestConfigurationPageHasWhatTheCodeHas(t *testing.T) {
	name := pages + "configuration.md"
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	page := string(data)
	for _, p := range parts() {
		before, rest, begun := strings.Cut(page, p.begin())
		got, after, ended := strings.Cut(rest, end)
		if !begun || !ended {
			t.Errorf("%s has no %q with %q behind it", name, p.begin(), end)
			continue
		}
		if got != p.text() && !*update {
			t.Errorf("%s, %s: the page has\n%sthe code has\n%sTo write it, type: go generate ./cmd/internal/reference", name, p.mark, got, p.text())
		}
		page = before + p.begin() + p.text() + end + after
	}
	if *update && !t.Failed() {
		if err := os.WriteFile(name, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// The providers stand in the text of a key, which knows nothing of them.
func TestKeyOfTheProviderNamesThemAll(t *testing.T) {
	_, route, _ := config.Keys()
	i := slices.IndexFunc(route, func(k config.Key) bool { return k.Name == "provider" })
	listed := strings.Count(route[i].Usage, "`") / 2
	for _, profile := range catalog.Profiles() {
		if !strings.Contains(route[i].Usage, "`"+profile.Name+"`") {
			t.Errorf("the key provider does not name %s", profile.Name)
		}
	}
	if listed != len(catalog.Profiles()) {
		t.Errorf("the key provider names %d providers, there are %d", listed, len(catalog.Profiles()))
	}
}
