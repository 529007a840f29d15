// Package docker speaks the protocol of docker's credential helpers: the tool asks for the
// username and secret of one registry, named on stdin, and reads a JSON object
// from stdout; what a person typed at its login it hands in to be kept, in such an object too.
//
// It follows https://github.com/docker/docker-credential-helpers as of v0.9: what its package
// credentials prints, and what its package client understands. The answer has no expiry, and the
// tools read messages from stdout too: this package prints nothing else there, and
// nothing to stderr.
package docker

import (
	"context"
	"errors"
	"io"

	"github.com/sesame-auth/sesame/protocols"
	"github.com/sesame-auth/sesame/protocols/internal/plain"
	"github.com/sesame-auth/sesame/providers"
)

var _ protocols.Serve = Serve

// Version is what the operation version prints. The program sets it before it
// calls Serve.
var Version = "devel"

const (
	program = "docker-credential-sesame"
	module  = "github.com/sesame-auth/sesame"
	usage   = "usage: " + program + " <get|store|erase|list|version>"
)

// maxRequest bounds a request, in bytes, as docker's own programs do.
const maxRequest = 64 << 10

// A reply is an error whose text the tools compare with their own, to the letter.
type reply string

func (r reply) Error() string { return string(r) }

const (
	notFound    reply = "credentials not found in native keychain"
	noServerURL reply = "no credentials server URL"
	noUsername  reply = "no credentials username"
)

// Serve answers the operations get, store, erase, list and version, and their equals
// --version, -v, --help and -h. What it cannot do it says on out, in one line, and returns a
// [protocols.Exit]: code 1, or 2 for an operation that does not exist.
func Serve(ctx context.Context, operation string, in io.Reader, out io.Writer, tokens protocols.Tokens) error {
	answer, err := run(ctx, operation, in, tokens)
	code := 0
	if err != nil {
		code, answer = explain(operation, err)
	}
	if len(answer) > 0 {
		if _, err := out.Write(answer); err != nil {
			return plain.Error(operation+": write the answer", err)
		}
	}
	if code != 0 {
		return protocols.Exit(code)
	}
	return nil
}

// run returns the whole answer of an operation.
func run(ctx context.Context, operation string, in io.Reader, tokens protocols.Tokens) ([]byte, error) {
	switch operation {
	case "get":
		return get(ctx, in, tokens)
	case "store":
		return nil, store(ctx, in, tokens)
	case "erase":
		return nil, erase(ctx, in, tokens)
	case "list":
		return list(ctx, tokens)
	case "version", "--version", "-v":
		return []byte(program + " (" + module + ") " + Version + "\n"), nil
	case "help", "--help", "-h":
		return []byte(usage + "\n"), nil
	case "":
		return nil, protocols.UsageError(usage)
	}
	return nil, protocols.UsageError(program + ": unknown action: " + plain.Line(operation))
}

// explain returns the exit code for err, and the one line to print.
func explain(operation string, err error) (code int, line []byte) {
	code, message := protocols.ExitCode(err)
	_, isReply := errors.AsType[reply](err)
	if !isReply && code != 2 {
		message = program + ": " + operation + ": " + plain.Line(message)
	}
	return code, []byte(message + "\n")
}

// get returns the token for the first of the registry's URLs that has one.
func get(ctx context.Context, in io.Reader, tokens protocols.Tokens) ([]byte, error) {
	serverURL, err := readServerURL(in)
	if err != nil {
		return nil, err
	}
	urls, err := registryURLs(serverURL)
	if err != nil {
		return nil, err
	}
	for _, u := range urls {
		token, err := ask(ctx, u, tokens)
		if errors.Is(err, providers.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		answer, err := appendAnswer(make([]byte, 0, protocols.UsualSize), serverURL, token)
		if err != nil {
			return nil, errors.New(u.String() + ": " + err.Error())
		}
		return answer, nil
	}
	return nil, notFound
}

// ask returns the token for u. One that a tool handed in without a secret is none: some tools
// stop at an empty one, and the others go on as if there were none.
func ask(ctx context.Context, u providers.URL, tokens protocols.Tokens) (*providers.Token, error) {
	found, err := tokens.Token(ctx, u, "")
	switch {
	case err != nil:
		return nil, err
	case isAnothers(found, u), found.Origin == protocols.Kept && found.Token.Value.IsZero():
		return nil, providers.ErrNotFound
	}
	return found.Token, nil
}

// erase drops what is kept for a registry, and forgets the token that was last given for it, since docker
// does not say which one was refused. It fails for an empty request alone: some tools call
// themselves for ever when it does (containers/image before v5.24).
func erase(ctx context.Context, in io.Reader, tokens protocols.Tokens) error {
	serverURL, err := readServerURL(in)
	if errors.Is(err, noServerURL) {
		return err
	}
	urls, _ := registryURLs(serverURL) // none, if there is no name
	for _, u := range urls {
		forget(ctx, u, tokens)
	}
	return nil
}

// forget does so for u, and for its registry where u is the root of the API: store keeps nothing there.
// With a part of a web login, Docker Hub's own token must not go.
func forget(ctx context.Context, u providers.URL, tokens protocols.Tokens) {
	if isWebLogin(u) {
		if found, err := tokens.Token(ctx, u, ""); err == nil && isAnothers(found, u) {
			return
		}
	}
	_ = tokens.Forget(ctx, u, "", providers.Secret{})
	if registry := withoutAPIRoot(u); registry != u {
		_ = tokens.Forget(ctx, registry, "", providers.Secret{})
	}
}

// list names the registries of the routes, and those that tokens are kept for. It does not
// read its input, which some tools leave open.
func list(ctx context.Context, tokens protocols.Tokens) ([]byte, error) {
	accounts, err := tokens.List(ctx)
	if err != nil {
		return nil, err
	}
	return appendList(nil, accounts), nil
}
