package bazel

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"github.com/sesame-auth/sesame/protocols"
	"github.com/sesame-auth/sesame/protocols/internal/jsontext"
	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/concat"
)

// maxRequest bounds a request, in bytes. Bazel sends one URI.
const maxRequest = 64 << 10

// readRequest reads the request and returns what its URI names. The Host is "" if the URI
// has none.
func readRequest(in io.Reader) (providers.URL, error) {
	request, err := protocols.ReadAll(in, maxRequest)
	if err != nil {
		return providers.URL{}, err
	}
	values, err := jsontext.Strings(request, "uri")
	if err != nil {
		return providers.URL{}, errors.New(err.Error() + otherTool(request))
	}
	if values[0] == "" {
		return providers.URL{}, errors.New(`"uri" is missing`)
	}
	return parseURI(values[0])
}

// parseURI reads a URI. gRPC over TLS goes to the same server and port as https does, and in the
// clear as http does, so grpcs and grpc count as those.
//
// A URI without an authority, such as unix:/run/cache.sock, has no host. It is told from a forgotten
// scheme, as in localhost:8080, by the digit of the port.
func parseURI(uri string) (providers.URL, error) {
	scheme, rest, _ := strings.Cut(uri, ":")
	switch {
	case strings.EqualFold(scheme, "grpcs"):
		scheme = "https"
	case strings.EqualFold(scheme, "grpc"):
		scheme = "http"
	}
	if !strings.HasPrefix(rest, "//") && rest != "" && (rest[0] < '0' || rest[0] > '9') {
		rest = "///" + rest
	}
	u, err := providers.ParseURL(concat.Strings(scheme, ":", rest))
	if err != nil {
		return providers.URL{}, errors.New(`"uri" is ` + err.Error())
	}
	return u, nil
}

// otherTool says so where the request looks like that of another tool, since all
// three start their programs with the same argument, "get".
func otherTool(request []byte) string {
	line, _, _ := bytes.Cut(bytes.TrimSpace(request), []byte("\n"))
	key, _, isPair := bytes.Cut(line, []byte("="))
	switch {
	case isPair && len(bytes.Trim(key, "abcdefghijklmnopqrstuvwxyz_[]")) == 0:
		return "; git asks like this: its program is git-credential-sesame"
	case bytes.ContainsAny(line, ".:/") && !bytes.ContainsAny(line, " \t\"{}[]"):
		return "; docker asks like this: its program is docker-credential-sesame"
	}
	return `; bazel asks like this: {"uri":"https://example.com"}`
}
