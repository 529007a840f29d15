package docker

import (
	"context"
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

// store reads an entry and has it kept.
func store(ctx context.Context, in io.Reader, tokens protocols.Tokens) error {
	request, err := protocols.ReadAll(in, maxRequest)
	if err != nil {
		return err
	}
	e, err := parseEntry(request)
	if err != nil {
		return err
	}
	return e.keep(ctx, tokens)
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

// keep has the entry kept for the first of the registry's URLs that has a route. A later one is not
// tried where the first is refused: get would go on finding what the first has.
func (e entry) keep(ctx context.Context, tokens protocols.Tokens) error {
	urls, err := registryURLs(e.serverURL)
	if err != nil {
		return err
	}
	if len(urls) == 0 {
		return errNoRegistry
	}
	for _, u := range urls {
		u = withoutAPIRoot(u)
		token := providers.Token{Username: e.username, Value: e.secret, Scheme: providers.Basic}
		err := tokens.Keep(ctx, u, e.name(), &token)
		if readOnly, ok := errors.AsType[*protocols.ReadOnlyError](err); ok {
			return refused(u, readOnly)
		}
		if !errors.Is(err, providers.ErrNotFound) {
			return err
		}
	}
	return noRoute(urls[0])
}

func refused(u providers.URL, err *protocols.ReadOnlyError) error {
	if err.Username != "" {
		return errors.New("tokens for " + u.Authority() + " cannot be stored: " + err.Error() + "; to see the route: sesame explain " + u.String())
	}
	return errors.New("tokens for " + u.Authority() + " come from the provider " + err.Provider +
		" of its route and cannot be stored; to see the route: sesame explain " + u.String())
}

// name returns the name under which to list the entry: the tool's own, but Docker Hub's
// for its short names, since a list of hosts cannot tell those from routes that get never asks.
func (e entry) name() string {
	if isHub(e.serverURL) {
		return hubURL
	}
	return e.serverURL
}

// noRoute says which lines of the configuration would make a route for u. It advises nobody to
// have passwords of every host sent in the clear.
func noRoute(u providers.URL) error {
	u.Path = ""
	match, every := u.Authority(), ` (match = "*" is for every host)`
	if u.Scheme != "https" {
		match, every = u.String(), ""
	}
	return errors.New("no route keeps tokens for " + u.Authority() + `: add to the configuration a [[route]] with match = "` +
		match + `" and provider = "static"` + every + "; to check it: sesame explain " + u.String())
}
