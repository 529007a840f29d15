// Package bazel speaks the credential helper protocol of Bazel: the tool asks for
// the headers of one URI, in JSON on stdin, and reads one JSON object from stdout when the
// program has ended.
//
// It follows https://github.com/EngFlow/credential-helper-spec, and Bazel 7.7.1 where that
// is stricter: Bazel's server crashes on some answers that the specification allows.
package bazel

import (
	"context"
	"errors"
	"io"
	"strconv"

	"github.com/sesame-auth/sesame/protocols"
	"github.com/sesame-auth/sesame/protocols/internal/plain"
	"github.com/sesame-auth/sesame/providers"
)

var _ protocols.Serve = Serve

const usage = `usage: bazel-credential-sesame get, with the request {"uri":"URI"} on stdin`

// Serve answers the operation "get", the only one of the protocol; any other is a
// [protocols.UsageError]. Where there is no token the answer names no header, and the tool goes
// on without: an error would break the build of everyone who downloads from a
// public host.
func Serve(ctx context.Context, operation string, in io.Reader, out io.Writer, tokens protocols.Tokens) error {
	if operation != "get" {
		return usageError(operation)
	}
	answer, err := get(ctx, in, tokens)
	if err != nil {
		return plain.Error("get", err)
	}
	if _, err := out.Write(answer); err != nil {
		return plain.Error("get: write the answer", err)
	}
	return nil
}

func usageError(operation string) error {
	if operation == "" {
		return protocols.UsageError(usage)
	}
	return protocols.UsageError("unknown operation " + strconv.Quote(plain.Line(operation)) + "; " + usage)
}

// get returns the whole answer.
func get(ctx context.Context, in io.Reader, tokens protocols.Tokens) ([]byte, error) {
	u, err := readRequest(in)
	if err != nil {
		return nil, plain.Error("read the request", err)
	}
	if u.Host == "" {
		return []byte(noHeaders), nil
	}
	found, err := tokens.Token(ctx, u, "")
	if errors.Is(err, providers.ErrNotFound) {
		return []byte(noHeaders), nil
	}
	if err != nil {
		return nil, err
	}
	answer, err := appendAnswer(make([]byte, 0, protocols.UsualSize), found)
	if err != nil {
		return nil, errors.New(u.String() + ": " + err.Error())
	}
	return answer, nil
}
