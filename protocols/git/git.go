// Package git speaks the credential helper protocol of git: lines of key=value on
// stdin and stdout.
//
// It follows git-credential(1) and gitcredentials(7) as of git 2.55, and answers every git
// since 1.7.9. Git shows a person whatever the program prints to stderr, and asks the next
// program in its list when this one says nothing, so silence is the
// usual answer to what does not concern it.
package git

import (
	"context"
	"errors"
	"io"

	"github.com/sesame-auth/sesame/protocols"
	"github.com/sesame-auth/sesame/protocols/internal/plain"
	"github.com/sesame-auth/sesame/providers"
)

var _ protocols.Serve = Serve

const usage protocols.UsageError = "usage: git-credential-sesame get|store|erase|capability, with the request on stdin"

// Serve answers the operations get, store, erase and capability, and ignores any other, as the
// protocol asks, without reading. A call without an operation is a
// [protocols.UsageError].
//
// Erase never fails: git runs it for every program in its list, and for tokens
// that came from elsewhere.
func Serve(ctx context.Context, operation string, in io.Reader, out io.Writer, tokens protocols.Tokens) error {
	var answer []byte
	var err error
	switch operation {
	case "", "-h", "--help":
		return usage
	case "get":
		answer, err = get(ctx, in, tokens)
	case "store":
		err = store(in)
	case "erase":
		erase(ctx, in, tokens)
	case "capability":
		answer = []byte("version 0\ncapability authtype\n")
	}
	if err != nil {
		// A prefix and a single line: Go's GOAUTH=git reads stderr together with
		// stdout, and must find no line that begins with "password=".
		return plain.Error(operation, err)
	}
	if len(answer) == 0 {
		return nil
	}
	if _, err := out.Write(answer); err != nil {
		return plain.Error(operation+": write the answer", err)
	}
	return nil
}

// get returns the whole answer; none where there is nothing to say.
func get(ctx context.Context, in io.Reader, tokens protocols.Tokens) ([]byte, error) {
	request, err := readRequest(in)
	if err != nil {
		return nil, plain.Error("read the request", err)
	}
	u, ok := request.url()
	if !ok {
		return nil, nil
	}
	token, err := tokens.Token(ctx, u, request.account())
	if errors.Is(err, providers.ErrNotFound) || err == nil && !request.accepts(token.Username) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	answer, err := appendAnswer(nil, request, token)
	if err != nil {
		return nil, errors.New(u.String() + ": " + err.Error())
	}
	return answer, nil
}

// store reads the request and keeps nothing of it. Git stores what has worked, with
// every program in its list: its own token is known to sesame, and a password that a
// person typed must not take the place of the provider's token.
func store(in io.Reader) error {
	_, err := readRequest(in)
	if err != nil {
		return plain.Error("read the request", err)
	}
	return nil
}

// erase forgets the token that the server refused, and no other: by then another
// process may have refreshed it. Without a secret it is whichever token was last
// given, since that is how a person logs out: git credential reject.
func erase(ctx context.Context, in io.Reader, tokens protocols.Tokens) {
	request, err := readRequest(in)
	if err != nil {
		return
	}
	u, ok := request.url()
	secret, named := request.secret()
	if !ok || named && secret.IsZero() {
		return
	}
	_ = tokens.Forget(ctx, u, request.account(), secret)
}
