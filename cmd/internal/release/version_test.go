package release

import (
	"strings"
	"testing"
	"time"
)

// Two files with one name and different bytes are how people come to report what is mended.
func TestVersionTellsReleasesFromSnapshots(t *testing.T) {
	when := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	const commit = "0123456789abcdef0123456789abcdef01234567"
	for _, row := range []struct {
		name    string
		commit  string
		tags    []string
		changed bool
		want    string // a part of the error, if it begins with "!"
	}{
		{"a release", commit, []string{"v0.1.0"}, false, "0.1.0"},
		{"no tag", commit, nil, false, "0.1.0-snapshot.20260102T030405.0123456789ab"},
		{"changed files", commit, nil, true, "0.1.0-snapshot.20260102T030405.0123456789ab.changed"},
		{"a release of changed files", commit, []string{"v0.1.0"}, true, "!files have changed"},
		{"another version's tag", commit, []string{"v0.2.0"}, false, "!correct core.Version"},
		{"no commit", "", nil, false, "!no name"},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, err := versionOf("0.1.0", row.commit, when, row.tags, row.changed)
			want, fails := strings.CutPrefix(row.want, "!")
			if fails && (err == nil || !strings.Contains(err.Error(), want)) {
				t.Errorf("got %q and %v, want an error with %q", got, err, want)
			}
			if !fails && (got != want || err != nil) {
				t.Errorf("got %q and %v, want %q", got, err, want)
			}
		})
	}
}

// A module that nobody lists is one that nobody looks at when it has a hole.
func TestBillIsRefusedIfAModuleIsMissing(t *testing.T) {
	const bill = `{"bomFormat":"CycloneDX","components":[{"name":"std","version":"go1"},
		{"name":"a.test/a","version":"v1","hashes":[{"content":"00"}]},{"name":"a.test/b","version":"v1"}]}`
	for _, row := range []struct {
		name, bill string
		modules    []module
		want       string
	}{
		{"all are there", bill, []module{{path: "a.test/a", version: "v1"}, {path: "std", version: "go1"}}, ""},
		{"one is missing", bill, []module{{path: "a.test/c", version: "v1"}}, "a.test/c v1 is linked"},
		{"in another version", bill, []module{{path: "a.test/a", version: "v2"}}, "a.test/a v2 is linked"},
		{"without a digest", bill, []module{{path: "a.test/b", version: "v1"}}, "a.test/b v1 is linked"},
		{"of another Go", bill, []module{{path: "std", version: "go2"}}, "std go2 is linked"},
		{"no bill", `{}`, nil, "no bill of material"},
		{"no JSON", `x`, nil, "invalid character"},
	} {
		t.Run(row.name, func(t *testing.T) {
			err := checkBill([]byte(row.bill), row.modules)
			if row.want == "" && err != nil || row.want != "" && (err == nil || !strings.Contains(err.Error(), row.want)) {
				t.Errorf("got %v, want %q", err, row.want)
			}
		})
	}
}
