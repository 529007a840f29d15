package exec

import (
	"cmp"
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/exec/profile"
)

// The bounds of the options that are durations.
const (
	defaultTimeout = 30 * time.Second
	// maxTimeout leaves time for the plugin's start: the whole refresh has a minute.
	maxTimeout  = 50 * time.Second
	minLifetime = time.Second
	maxLifetime = 8760 * time.Hour
)

// settings are the options of a route, checked.
type settings struct {
	profile.Options
	format format
}

// readOptions checks the options. No error repeats a value, which may be a secret
// in the wrong place.
func readOptions(o providers.Options) (settings, error) {
	var s settings
	if err := o.Decode(&s.Options); err != nil {
		return settings{}, err
	}
	s.Timeout = cmp.Or(s.Timeout, defaultTimeout)
	format, ok := formats()[cmp.Or(s.Format, "token")]
	if !ok {
		return settings{}, errors.New("option format: want bazel, docker, git, json or token")
	}
	s.format = format
	for _, check := range []func() error{s.checkCommand, s.checkPlace, s.checkFields, s.checkRest} {
		if err := check(); err != nil {
			return settings{}, err
		}
	}
	return s, nil
}

func (s *settings) checkCommand() error {
	if len(s.Command) == 0 || s.Command[0] == "" {
		return errors.New(`option command: want a list of the program and its arguments, such as ["gh", "auth", "token"]`)
	}
	if slices.ContainsFunc(s.Command, func(word string) bool { return strings.IndexByte(word, 0) >= 0 }) {
		return errors.New("option command: a NUL character is not allowed")
	}
	if name := filepath.Base(s.Command[0]); name == "sesame" || strings.HasSuffix(name, "-credential-sesame") {
		return errors.New("option command: sesame would ask itself without end")
	}
	return nil
}

// checkPlace refuses options that the format has no use for: whoever wrote one expects
// it to matter.
func (s *settings) checkPlace() error {
	switch {
	case s.Path != "" && !s.format.takesPath:
		return errors.New("option path: only the formats bazel and git tell the command a path")
	case s.Scheme != "" && !s.format.takesScheme:
		return errors.New("option scheme: only tokens of the formats json and token take one; the others say it themselves")
	case len(s.Fields) > 0 && !s.format.takesFields:
		return errors.New("option fields: only answers of the format json have fields to be named")
	}
	return nil
}

func (s *settings) checkFields() error {
	known := slices.Sorted(maps.Keys(defaultFields()))
	for _, name := range slices.Sorted(maps.Keys(s.Fields)) {
		switch {
		case !slices.Contains(known, name):
			return errors.New("unknown option fields." + clean(name) + ": known are fields." + strings.Join(known, ", fields."))
		case s.Fields[name] == "":
			return errors.New("option fields." + name + ": want the name of a field, with a dot between an object and its field")
		}
	}
	return nil
}

func (s *settings) checkRest() error {
	switch {
	case s.Path != "" && !validPath(s.Path):
		return errors.New("option path: want a path such as /org/repo.git: no query, no fragment, no white space")
	case s.Scheme != "" && !isScheme(s.Scheme):
		return errors.New("option scheme: want a name such as Bearer")
	case s.Lifetime != 0 && (s.Lifetime < minLifetime || s.Lifetime > maxLifetime):
		return errors.New(`option lifetime: want a duration from 1s to 8760h, such as "50m"`)
	case s.Timeout < 0 || s.Timeout > maxTimeout:
		return errors.New("option timeout: want a duration of " + maxTimeout.String() + ` at most, such as "20s"`)
	case !slices.ContainsFunc(s.Variables, isNoVariable):
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

// isScheme follows RFC 9110, section 11.1, without its odder characters.
func isScheme(text string) bool {
	for i := range len(text) {
		c := text[i] | 0x20
		if !(c >= 'a' && c <= 'z' || text[i] >= '0' && text[i] <= '9' || text[i] == '-') {
			return false
		}
	}
	return text != "" && len(text) <= 64
}
