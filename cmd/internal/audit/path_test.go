package audit

import "testing"

// Which of the two counts decides whether a build is watched: an empty variable must be able to switch off what the
// configuration switches on.
func TestPathIsTheVariablesElseTheConfigurations(t *testing.T) {
	type set map[string]string
	for _, row := range []struct {
		name, configured string
		environment      set
		want             string
	}{
		{"neither", "", set{}, ""},
		{"the key", "/key", set{}, "/key"},
		{"the variable", "", set{Variable: "/variable"}, "/variable"},
		{"both", "/key", set{Variable: "/variable"}, "/variable"},
		{"an empty variable", "/key", set{Variable: ""}, ""},
		{"a relative variable, for Append to refuse", "/key", set{Variable: "audit"}, "audit"},
		{"the home folder", "~/a/b", set{homeVariable: "/home/me"}, "/home/me/a/b"},
		{"no home folder, for Append to refuse", "~/a", set{}, "~/a"},
		{"an empty home folder", "~/a", set{homeVariable: ""}, "~/a"},
		{"the variable has no home folder", "", set{homeVariable: "/home/me", Variable: "~/a"}, "~/a"},
		{"an empty variable and the home folder", "~/a", set{homeVariable: "/home/me", Variable: ""}, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := Path(row.configured, func(name string) (string, bool) {
				value, ok := row.environment[name]
				return value, ok
			})
			if got != row.want {
				t.Errorf("Path is %q, want %q", got, row.want)
			}
		})
	}
}
