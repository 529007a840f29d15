package docker

import (
	"errors"
	"io"
	"strings"

	"github.com/sesame-auth/sesame/protocols"
	"github.com/sesame-auth/sesame/protocols/internal/jsontext"
	"github.com/sesame-auth/sesame/providers"
)

// An entry is what docker login asks to keep.
type entry struct {
	serverURL string
	username  string
	secret    providers.Secret
}

// store reads an entry and asks save to keep it.
func store(in io.Reader) error {
	request, err := protocols.ReadAll(in, maxRequest)
	if err != nil {
		return err
	}
	e, err := parseEntry(request)
	if err != nil {
		return err
	}
	return save(e)
}

func parseEntry(request []byte) (entry, error) {
	values, err := jsontext.Strings(request, "ServerURL", "Username", "Secret")
	if err != nil {
		return entry{}, errors.New("read the request: " + err.Error())
	}
	e := entry{strings.TrimSpace(values[0]), values[1], providers.NewSecret(values[2])}
	if e.serverURL == "" {
		return entry{}, noServerURL
	}
	if e.username == "" {
		return entry{}, noUsername
	}
	return e, nil
}

// save refuses every entry: a token comes from the provider of its host's route, and
// one that a person typed would be overtaken by the next refresh. This is the
// only place that knows it.
func save(e entry) error {
	urls, err := registryURLs(e.serverURL)
	if err != nil {
		return err
	}
	if len(urls) == 0 {
		return errors.New("the request does not name a registry: want host[:port]")
	}
	return errors.New("tokens for " + urls[0].Authority() + " come from the provider of its route and cannot be stored; " +
		"to see the route: sesame explain " + urls[0].String())
}
