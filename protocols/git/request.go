package git

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/sesame-auth/sesame/protocols"
	"github.com/sesame-auth/sesame/providers"
)

// Limits of a request, in bytes. That of a line includes its end and is
// git-credential(1)'s.
const (
	maxRequest = 256 << 10
	maxLine    = 65535
)

// A request is what git says of the token it asks for, stores or erases. Attributes that
// it does not know are ignored. An attribute that is not there is nil.
type request struct {
	protocol *string
	host     *string // host or host:port
	path     *string // without its leading slash, decoded
	username *string
	secrets
	knowsAuthtype bool   // git understands authtype and credential in the answer
	knowsState    bool   // git understands state[] and continue in the answer
	state         string // the fingerprint in the state that an answer of ours had, "" for none
	offered       challenges
}

// account is the account git asks for, "" for any.
func (r *request) account() string { return account(r.username) }

// account returns the account that a username stands for. Git gives back the username it
// was once answered, so the one that stands for "no account" means any as well.
func account(username *string) string {
	if username == nil || *username == providers.DefaultUsername {
		return ""
	}
	return *username
}

// accepts reports whether a token of the account username answers the request: not one with
// a name of its own where git asks, by name, for the account without one.
func (r *request) accepts(username string) bool {
	return r.username == nil || *r.username != providers.DefaultUsername ||
		username == "" || username == providers.DefaultUsername
}

// refused is the fingerprint of the token that was refused, "" where git asks for the first time.
// Without the capability a state means nothing.
func (r *request) refused() string {
	if !r.knowsState {
		return ""
	}
	return r.state
}

// read reads a request up to its blank line or the end of in. It is into memory of the caller's, since a front has room for
// it on its stack.
func (r *request) read(in io.Reader) error {
	text, err := protocols.ReadAll(&untilBlank{in: in, blank: true}, maxRequest)
	if err != nil {
		return err
	}
	return r.parse(text)
}

// parse reads the lines of a request. A line ends in LF or CR LF, and only there: what takes a CR
// alone for a line end would read a host that git never named (CVE-2024-52006).
// Its errors hold no value of the request.
func (r *request) parse(text []byte) error {
	for n := 1; len(text) > 0; n++ {
		line, rest, ended := bytes.Cut(text, []byte("\n"))
		if len(text)-len(rest) > maxLine {
			return lineError(n, "longer than 65535 bytes")
		}
		if ended {
			line = bytes.TrimSuffix(line, []byte("\r"))
		}
		text = rest
		if len(line) == 0 {
			break
		}
		if bytes.IndexByte(line, 0) >= 0 || bytes.IndexByte(line, '\r') >= 0 {
			return lineError(n, "a NUL or CR inside")
		}
		key, value, ok := bytes.Cut(line, []byte("="))
		if !ok {
			return lineError(n, `no "="`)
		}
		if err := r.set(string(key), string(value)); err != nil {
			return lineError(n, err.Error())
		}
	}
	return nil
}

func lineError(n int, what string) error {
	return errors.New("line " + strconv.Itoa(n) + ": " + what)
}

// set takes one attribute.
func (r *request) set(key, value string) error {
	switch key {
	case "protocol":
		return once(&r.protocol, key, value)
	case "host":
		return once(&r.host, key, value)
	case "path":
		return once(&r.path, key, value)
	case "username":
		return once(&r.username, key, value)
	case "url":
		return r.setURL(value)
	case "capability[]":
		// An empty value clears the list.
		r.knowsAuthtype = value == "authtype" || r.knowsAuthtype && value != ""
		r.knowsState = value == "state" || r.knowsState && value != ""
	case "state[]":
		if fingerprint, ours := strings.CutPrefix(value, statePrefix); ours || value == "" {
			r.state = fingerprint
		}
	case "wwwauth[]":
		r.offered.add(value)
	default:
		r.secrets.set(key, value)
	}
	return nil
}

// once stores value, unless the request has another one already: a second host line is the mark
// of an injection (CVE-2020-5260).
func once(attribute **string, key, value string) error {
	if *attribute != nil && **attribute != value {
		return errors.New(strconv.Quote(key) + " occurs twice, and differs")
	}
	*attribute = &value
	return nil
}

// untilBlank ends in behind its first blank line, so that a tool that keeps the pipe
// open is answered.
type untilBlank struct {
	in    io.Reader
	blank bool // the line has been blank so far
	ended bool
}

func (u *untilBlank) Read(p []byte) (int, error) {
	if u.ended {
		return 0, io.EOF
	}
	n, err := u.in.Read(p)
	for i, c := range p[:n] {
		if c == '\n' && u.blank {
			u.ended = true
			return i + 1, io.EOF
		}
		u.blank = c == '\n' || c == '\r' && u.blank
	}
	return n, err
}
