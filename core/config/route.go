package config

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/sesame-auth/sesame/core/routes"
	"github.com/sesame-auth/sesame/providers"
)

// route reads a [[route]].
func (f *file) route(t table) routes.Route {
	t.know(routeKeys)
	r := routes.Route{Line: t.start()}
	r.Pattern = t.pattern()
	r.Provider = t.provider()
	r.Username, _ = t.text("username")
	r.Tolerance, r.HasTolerance = t.tolerance()
	r.Lifetime, _ = t.duration("lifetime", minLifetime, maxLifetime, `from 1s to 8760h, such as "1h"`)
	r.Exclusive = t.boolean("exclusive")
	profile := f.profiles[r.Provider]
	r.Options = t.withStore(profile, t.options(profile))
	t.checkOptions(profile, r.Options)
	if r.Pattern.EveryHost() && !f.keeps(r) {
		t.report("match", `"*" is for a provider that keeps tokens, such as static without a secret: `+
			`any other would give one token to every host`)
	}
	return r
}

// keeps reports whether the route keeps the tokens that tools hand in.
func (f *file) keeps(r routes.Route) bool {
	if keeps := f.profiles[r.Provider].Keeps; keeps != nil {
		return keeps(r.Options) != providers.KeepsNothing
	}
	return f.keepers[r.Provider]
}

// withStore returns the options with that of the route's key "store", which says where kept tokens
// are: a person need not know that it is the provider's setting.
func (t table) withStore(profile providers.Profile, options providers.Options) providers.Options {
	where, ok := t.text("store")
	switch {
	case !ok:
		return options
	case profile.Keeps == nil:
		t.report("store", "the route's provider keeps no tokens: remove the line")
		return options
	case slices.ContainsFunc(options, func(o providers.Option) bool { return o.Name == "store" }):
		t.report("store", "it is in the options too: remove one")
		return options
	}
	options = append(options, providers.Option{Name: "store", Kind: providers.StringOption, Values: []string{where}})
	slices.SortFunc(options, func(a, b providers.Option) int { return cmp.Compare(a.Name, b.Name) })
	return options
}

// checkOptions reports what is wrong with the options together, where the provider can say.
func (t table) checkOptions(profile providers.Profile, options providers.Options) {
	if profile.NewOptions == nil {
		return
	}
	v := profile.NewOptions()
	if err := options.Decode(v); err != nil {
		return // it is reported at the line of the option
	}
	if checker, ok := v.(interface{ Check() error }); ok {
		if err := checker.Check(); err != nil {
			text := err.Error()
			if !strings.HasPrefix(text, "option ") {
				text = "options: " + text
			}
			t.file.report(t.line("options"), "%s", text)
		}
	}
}

func (t table) pattern() routes.Pattern {
	t.need("match", `such as match = "https://example.com"`)
	text, ok := t.text("match")
	if !ok {
		return routes.Pattern{}
	}
	pattern, err := routes.ParsePattern(text)
	if err != nil {
		t.report("match", "%v", err)
	}
	return pattern
}

func (t table) provider() string {
	t.need("provider", "known are "+t.file.known())
	name, ok := t.text("provider")
	if ok && !slices.Contains(t.file.providers, name) {
		t.file.report(t.line("provider"), "unknown provider %s: known are %s", quote(name), t.file.known())
	}
	return name
}

// options returns the route's options in the order of their names, each checked against
// the provider's own.
func (t table) options(profile providers.Profile) providers.Options {
	v, ok := t.values["options"]
	if !ok {
		return nil
	}
	values, ok := v.(map[string]any)
	if !ok {
		t.report("options", "want a table")
		return nil
	}
	r := optionReader{table: t, profile: profile, lines: make(map[string]int)}
	r.read("", below(t.path, "options"), values, 1)
	slices.SortFunc(r.options, func(a, b providers.Option) int { return cmp.Compare(a.Name, b.Name) })
	return r.options
}

// The bounds of an option's name: how deep its tables may be nested, and its length in bytes.
const (
	maxOptionDepth = 8
	maxOptionName  = 128
)

// An optionReader turns nested tables into options with dotted names.
type optionReader struct {
	table   table
	profile providers.Profile
	options providers.Options
	lines   map[string]int // of each name
}

// read reads the table at path; prefix begins the names of its options.
func (r *optionReader) read(prefix, path string, values map[string]any, depth int) {
	for _, key := range slices.Sorted(maps.Keys(values)) {
		name, path, v := prefix+key, below(path, key), values[key]
		line, ok := r.table.file.lines[path]
		if !ok {
			line = r.table.line("options")
		}
		nested, isTable := v.(map[string]any)
		switch {
		case len(name) > maxOptionName || strings.ContainsFunc(key, isUnprintable):
			r.table.file.report(line, "options: a name is longer than %d bytes or cannot be printed", maxOptionName)
		case isTable && depth == maxOptionDepth:
			r.table.file.report(line, "options: tables are nested more than %d deep", maxOptionDepth)
		case isTable:
			r.read(name+".", path, nested, depth+1)
		default:
			r.add(line, name, v)
		}
	}
}

// add adds one option, unless something is wrong with it.
func (r *optionReader) add(line int, name string, v any) {
	report := r.table.file.report
	if other, ok := r.lines[name]; ok {
		// Once as "a.b" in quotes and once as b in the table a.
		report(max(line, other), "option %s is in line %d already", quote(name), min(line, other))
		return
	}
	r.lines[name] = line
	option, problem := newOption(name, v)
	if problem != "" {
		report(line, "option %s: %s", name, problem)
		return
	}
	if r.profile.NewOptions != nil {
		if err := (providers.Options{option}).Decode(r.profile.NewOptions()); err != nil {
			report(line, "%v", err)
			return
		}
	}
	r.options = append(r.options, option)
}

// newOption returns v as an option, or what is wrong with it, which never repeats v.
func newOption(name string, v any) (option providers.Option, problem string) {
	option = providers.Option{Name: name}
	switch v := v.(type) {
	case string:
		option.Kind, option.Values = providers.StringOption, []string{v}
	case int64:
		option.Kind, option.Values = providers.IntegerOption, []string{strconv.FormatInt(v, 10)}
	case bool:
		option.Kind, option.Values = providers.BooleanOption, []string{strconv.FormatBool(v)}
	default:
		list, ok := stringList(v)
		if !ok {
			return option, "want a string, a whole number, true or false, or a list of strings"
		}
		option.Kind, option.Values = providers.ListOption, list
	}
	for _, value := range option.Values {
		if strings.IndexByte(value, 0) >= 0 {
			return option, "a NUL character is not allowed"
		}
	}
	return option, ""
}
