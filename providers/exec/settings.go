package exec

import (
	"cmp"
	"time"

	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/exec/profile"
)

const defaultTimeout = 30 * time.Second

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
	if err := s.Check(); err != nil {
		return settings{}, err
	}
	s.Timeout = cmp.Or(s.Timeout, defaultTimeout)
	s.format = formats()[cmp.Or(s.Format, profile.DefaultFormat)]
	return s, nil
}
