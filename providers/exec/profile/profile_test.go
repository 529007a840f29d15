package profile

import (
	"slices"
	"testing"

	"github.com/sesame-auth/sesame/providers"
)

func option(name string, kind providers.OptionKind, values ...string) providers.Option {
	return providers.Option{Name: name, Kind: kind, Values: values}
}

// A variable that is not listed does not reach the command, and two accounts that
// differ in it alone would share one token.
func TestVariablesAreTheOnesThatTheRouteNames(t *testing.T) {
	tests := []struct {
		name    string
		options providers.Options
		want    []string
	}{
		{"none", nil, nil},
		{"other options", providers.Options{option("command", providers.ListOption, "a")}, nil},
		{"two", providers.Options{
			option("command", providers.ListOption, "a"), option("variables", providers.ListOption, "A", "B"),
		}, []string{"A", "B"}},
		{"an empty list", providers.Options{option("variables", providers.ListOption)}, nil},
		{"no list", providers.Options{option("variables", providers.StringOption, "A")}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := Profile().Variables(providers.URL{}, test.options); !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// A caller that appends to what it is given must not write into the route's options.
func TestVariablesAreNobodysToAppendTo(t *testing.T) {
	values := append(make([]string, 0, 8), "A")
	options := providers.Options{option("variables", providers.ListOption, values...)}
	options[0].Values = values
	_ = append(Profile().Variables(providers.URL{}, options), "B")
	if got := values[:2][1]; got != "" {
		t.Errorf("the options now hold %q too", got)
	}
}

// Whatever the configuration may hold is checked before a tool asks; a wrong kind of value
// must be an error of the configuration.
func TestOptionsHaveTheKindsThatTheDocumentNames(t *testing.T) {
	tests := []struct {
		option providers.Option
		want   string // "" for none
	}{
		{option("command", providers.ListOption, "gh", "auth", "token"), ""},
		{option("command", providers.StringOption, "gh auth token"), "option command: want a list of strings"},
		{option("fields.token", providers.StringOption, "a.b"), ""},
		{option("fields", providers.StringOption, "a"),
			`unknown option "fields": known are command, fields, format, lifetime, path, scheme, timeout, variables`},
		{option("lifetime", providers.StringOption, "50m"), ""},
		{option("lifetime", providers.IntegerOption, "50"), `option lifetime: want a duration such as "50m"`},
		{option("timeout", providers.StringOption, "10"), `option timeout: want a duration such as "50m"`},
		{option("variables", providers.ListOption, "A"), ""},
		{option("format", providers.StringOption, "json"), ""},
		{option("scheme", providers.StringOption, "token"), ""},
		{option("path", providers.StringOption, "/team"), ""},
	}
	for _, test := range tests {
		err := (providers.Options{test.option}).Decode(Profile().NewOptions())
		if got := errorText(err); got != test.want {
			t.Errorf("%s %q: got %q, want %q", test.option.Name, test.option.Values, got, test.want)
		}
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
