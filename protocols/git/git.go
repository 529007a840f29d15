// Package git speaks the credential helper protocol of git: lines of key=value on
// stdin and stdout.
//
// It follows git-credential(1) and gitcredentials(7) as of git 2.55, and answers every git
// since 1.7.9. Git shows a person whatever the program prints to stderr, and asks the next
// program in its list when this one says nothing, so silence is the
// usual answer to what does not concern it.
//
// A token from the store may have been revoked. A git that knows the capability "state" is
// told, with such a token, to ask once more if its server refuses it; it then gets another, and the
// command that would have failed succeeds. What git stores is handed to the core, which
// keeps it where the route of its URL keeps tokens.
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

// quit has git ask neither its next program nor a person.
const quit = "quit=1\n"

// Serve answers the operations get, store, erase and capability, and ignores any other, as the
// protocol asks, without reading. A call without an operation is a
// [protocols.UsageError].
//
// Where the route is the only authority for its URL, a get without a token has git give up; if
// that is for an error, the error is a [protocols.Warning]. Erase never fails: git runs it for every
// program in its list, and for tokens that came from elsewhere.
func Serve(ctx context.Context, operation string, in io.Reader, out io.Writer, tokens protocols.Tokens) error {
	var answer []byte
	var err error
	switch operation {
	case "", "-h", "--help":
		return usage
	case "get":
		answer, err = get(ctx, in, tokens)
	case "store":
		err = store(ctx, in, tokens)
	case "erase":
		erase(ctx, in, tokens)
	case "capability":
		answer = []byte("version 0\ncapability authtype\ncapability state\n")
	}
	if len(answer) > 0 {
		if _, err := out.Write(answer); err != nil {
			return plain.Error(operation+": write the answer", err)
		}
	}
	if err != nil {
		// A prefix and a single line: Go's GOAUTH=git reads stderr together with
		// stdout, and must find no line that begins with "password=".
		return plain.Error(operation, err)
	}
	return nil
}

// get returns the whole answer; none where there is nothing to say.
func get(ctx context.Context, in io.Reader, tokens protocols.Tokens) ([]byte, error) {
	var request request
	if err := request.read(in); err != nil {
		return nil, plain.Error("read the request", err)
	}
	u, ok := request.url()
	if !ok {
		return nil, nil
	}
	found, err := ask(ctx, tokens, u, &request)
	if err == nil {
		var answer []byte
		if answer, err = appendAnswer(make([]byte, 0, protocols.UsualSize), &request, found); err == nil {
			return answer, nil
		}
		err = errors.New(u.String() + ": " + err.Error())
	}
	nothing := errors.Is(err, providers.ErrNotFound)
	switch {
	case nothing && found.Exclusive:
		return []byte(quit), nil
	case nothing:
		return nil, nil
	case found.Exclusive:
		return []byte(quit), &protocols.Warning{Cause: err}
	}
	return nil, err
}

// ask returns the core's answer to a request for u.
func ask(ctx context.Context, tokens protocols.Tokens, u providers.URL, r *request) (protocols.Answer, error) {
	var found protocols.Answer
	var err error
	if refused := r.refused(); refused != "" {
		found, err = tokens.Renew(ctx, u, r.account(), refused)
	} else {
		found, err = tokens.Token(ctx, u, r.account())
	}
	if err != nil || r.accepts(found.Token.Username) {
		return found, err
	}
	if found.Origin == protocols.Kept {
		// Among kept tokens, the name that elsewhere stands for no account may be an account's own.
		return tokens.Token(ctx, u, providers.DefaultUsername)
	}
	return protocols.Answer{Exclusive: found.Exclusive}, providers.ErrNotFound
}

// erase forgets the token that the server refused, and no other: by then another
// process may have refreshed it. Without a secret it is whichever token was last
// given, since that is how a person logs out: git credential reject.
func erase(ctx context.Context, in io.Reader, tokens protocols.Tokens) {
	var request request
	if err := request.read(in); err != nil {
		return
	}
	u, ok := request.url()
	_, username, secret := request.carried()
	if !ok || secret != nil && *secret == "" {
		return
	}
	var value providers.Secret
	if secret != nil {
		value = providers.NewSecret(*secret)
	}
	_ = tokens.Forget(ctx, u, account(username), value)
}
