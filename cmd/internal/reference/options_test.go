package reference

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/sesame-auth/sesame/cmd/internal/catalog"
	"github.com/sesame-auth/sesame/providers"
)

// The first cell of a row in a provider's table of options names one or more.
var (
	optionTable = regexp.MustCompile(`(?m)^\| option \| meaning \| default \|\n\|---\|---\|---\|\n((?:\| .*\|\n)+)`)
	firstCell   = regexp.MustCompile(`(?m)^\|[^|]*\|`)
	optionName  = regexp.MustCompile("`([a-z_]+)`")
)

// An option that is in the code alone is found by nobody; one that is on the page alone is refused, with a message
// that does not know it.
func TestEveryProvidersPageHasItsOptions(t *testing.T) {
	for _, profile := range catalog.Profiles() {
		text, err := os.ReadFile(pages + "providers/" + profile.Name + ".md")
		if err != nil {
			t.Error(err)
			continue
		}
		var listed, known []string
		for _, table := range optionTable.FindAllStringSubmatch(string(text), -1) {
			for _, cell := range firstCell.FindAllString(table[1], -1) {
				for _, name := range optionName.FindAllStringSubmatch(cell, -1) {
					listed = append(listed, name[1])
				}
			}
		}
		if profile.NewOptions != nil {
			known = providers.OptionNames(profile.NewOptions())
		}
		slices.Sort(listed)
		if !slices.Equal(listed, known) {
			t.Errorf("docs/providers/%s.md lists the options %v, the code has %v", profile.Name, listed, known)
		}
	}
}
