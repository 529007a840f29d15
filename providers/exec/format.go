package exec

import (
	"errors"
	"strings"
	"time"

	"github.com/sesame-auth/sesame/providers"
)

// A format is a way to ask a command, and to read what it answers.
type format struct {
	// request returns what is written to a helper, which is called with one argument more:
	// "get". Nil: the command is no helper, and nothing is written.
	request func(ask) string
	// read reads the answer of a command that succeeded. An error of the type nothing says that
	// there is no token; any other, what is wrong with the answer, without quoting it.
	read func(ask, reply) (answer, error)
	// hasNothing reports whether a command that failed only says that there is no token. Nil: never.
	hasNothing func(reply) bool
}

// formats are the values of the option format.
func formats() map[string]format {
	return map[string]format{
		"token":  {read: readToken},
		"json":   {read: readJSON},
		"git":    {request: gitRequest, read: readGit, hasNothing: gitHasNothing},
		"docker": {request: dockerRequest, read: readDocker, hasNothing: dockerHasNothing},
		"bazel":  {request: bazelRequest, read: readBazel},
	}
}

// An ask is what a command is asked for: what is part of the token's key, and nothing else, so that
// no token is kept under a key that another answer would belong to.
type ask struct {
	url      providers.URL // its path is the option's
	username string        // "" is any
	fields   map[string]string
}

func newAsk(req providers.Request, s settings) ask {
	u := req.URL
	u.Path = s.Path
	return ask{url: u, username: req.Username, fields: s.Fields}
}

// A reply is what a command did.
type reply struct {
	stdout  string
	stderr  string    // the end of it
	failure string    // how it ended, such as "exit status 1"; "" where it succeeded
	started time.Time // before which no token of its was made
}

// An answer is what a reply says of a token.
type answer struct {
	username string
	value    string
	scheme   string // "" where the format does not say
	expires  time.Time
}

// nothing is the error of a command that has no token.
type nothing string

// Error says why.
func (n nothing) Error() string { return string(n) }

// errNothing is the plain case.
const errNothing nothing = "has no token for it"

// answer reads a reply.
func (f format) answer(a ask, r reply) (answer, error) {
	switch {
	case r.failure == "":
		return f.read(a, r)
	case f.hasNothing != nil && f.hasNothing(r):
		return answer{}, errNothing
	}
	return answer{}, errors.New(r.failure)
}

// readToken reads the format token: the whole of stdout is the token, without the one line
// end after it.
func readToken(_ ask, r reply) (answer, error) {
	text := strings.TrimSuffix(strings.TrimSuffix(r.stdout, "\n"), "\r")
	switch {
	case text == "":
		return answer{}, errors.New("it printed no token")
	case strings.ContainsAny(text, "\r\n"):
		return answer{}, errors.New("it printed more than one line: want the token alone, or another option format")
	}
	return answer{value: text}, nil
}
