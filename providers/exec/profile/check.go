package profile

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sesame-auth/sesame/providers"
)

// DefaultFormat is the format of a route that names none.
const DefaultFormat = "token"

// The bounds of the options that are durations.
const (
	// maxTimeout leaves time for the plugin's start: the whole refresh has a minute.
	maxTimeout  = 50 * time.Second
	minLifetime = time.Second
	maxLifetime = 8760 * time.Hour
)

// uses says which options a format has a use for.
type uses struct{ path, scheme, fields bool }

// formats are the values of the option format.
func formats() map[string]uses {
	return map[string]uses{
		DefaultFormat: {scheme: true},
		"json":        {scheme: true, fields: true},
		"git":         {path: true},
		"docker":      {},
		"bazel":       {path: true},
	}
}

// Check returns what is wrong with the options together. No error repeats a value, which may be a
// secret in the wrong place.
func (o *Options) Check() error {
	if _, ok := formats()[cmp.Or(o.Format, DefaultFormat)]; !ok {
		return errors.New("option format: want bazel, docker, git, json or token")
	}
	for _, check := range [...]func() error{o.checkCommand, o.checkPlace, o.checkFields, o.checkRest} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (o *Options) checkCommand() error {
	if len(o.Command) == 0 || o.Command[0] == "" {
		return errors.New(`option command: want a list of the program and its arguments, such as ["gh", "auth", "token"]`)
	}
	if slices.ContainsFunc(o.Command, func(word string) bool { return strings.IndexByte(word, 0) >= 0 }) {
		return errors.New("option command: a NUL character is not allowed")
	}
	if name := o.Command[0][strings.LastIndexByte(o.Command[0], '/')+1:]; name == "sesame" || strings.HasSuffix(name, "-credential-sesame") {
		return errors.New("option command: sesame would ask itself without end")
	}
	return nil
}

// checkPlace refuses options that the format has no use for: whoever wrote one expects
// it to matter.
func (o *Options) checkPlace() error {
	use := formats()[cmp.Or(o.Format, DefaultFormat)]
	switch {
	case o.Path != "" && !use.path:
		return errors.New("option path: only the formats bazel and git tell the command a path")
	case o.Scheme != "" && !use.scheme:
		return errors.New("option scheme: only tokens of the formats json and token take one; the others say it themselves")
	case len(o.Fields) > 0 && !use.fields:
		return errors.New("option fields: only answers of the format json have fields to be named")
	}
	return nil
}

func (o *Options) checkFields() error {
	known := []string{"expires", "expires_in", "token", "username"}
	for _, name := range slices.Sorted(maps.Keys(o.Fields)) {
		switch {
		case !slices.Contains(known, name):
			return errors.New("unknown option " + strconv.Quote("fields."+name) + ": known are fields." + strings.Join(known, ", fields."))
		case o.Fields[name] == "":
			return errors.New("option fields." + name + ": want the name of a field, with a dot between an object and its field")
		}
	}
	return nil
}

func (o *Options) checkRest() error {
	switch {
	case o.Path != "" && !validPath(o.Path):
		return errors.New("option path: want a path such as /org/repo.git: no query, no fragment, no white space")
	case o.Scheme != "" && !IsScheme(o.Scheme):
		return errors.New("option scheme: want a name such as Bearer")
	case o.Lifetime != 0 && (o.Lifetime < minLifetime || o.Lifetime > maxLifetime):
		return errors.New(`option lifetime: want a duration from 1s to 8760h, such as "50m"`)
	case o.Timeout < 0 || o.Timeout > maxTimeout:
		return errors.New("option timeout: want a duration of " + maxTimeout.String() + ` at most, such as "20s"`)
	case !slices.ContainsFunc(o.Variables, isNoVariable):
		return nil
	}
	return errors.New("option variables: want names of environment variables, of letters, digits and _")
}

func validPath(path string) bool {
	u, err := providers.ParseURL("https://path.example" + path)
	return err == nil && u.Path == path && len(path) <= 4<<10
}

// isNoVariable follows POSIX, section 8.1, with small letters too.
func isNoVariable(name string) bool {
	other := func(r rune) bool {
		letter := r|0x20 >= 'a' && r|0x20 <= 'z'
		return !letter && r != '_' && (r < '0' || r > '9')
	}
	return name == "" || strings.ContainsFunc(name, other) || name[0] >= '0' && name[0] <= '9'
}

// IsScheme reports whether text is the name of an authentication scheme. It follows RFC 9110, section 11.1, without its odder characters.
func IsScheme(text string) bool {
	for i := range len(text) {
		c := text[i] | 0x20
		if !(c >= 'a' && c <= 'z' || text[i] >= '0' && text[i] <= '9' || text[i] == '-') {
			return false
		}
	}
	return text != "" && len(text) <= 64
}
