package exec

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/sesame-auth/sesame/providers"
)

// maxGitLine bounds a line, in bytes, as git-credential(1) does.
const maxGitLine = 65535

// gitRequest writes the request of git's credential helpers. Like git, it ends without a blank line.
// It announces what readGit understands.
func gitRequest(a ask) string {
	request := "capability[]=authtype\nprotocol=" + a.url.Scheme + "\nhost=" + a.url.Authority() + "\n"
	if path := strings.TrimPrefix(a.url.Path, "/"); path != "" {
		request += "path=" + path + "\n"
	}
	if a.username != "" {
		request += "username=" + a.username + "\n"
	}
	return request
}

// gitHasNothing: git goes by what a helper prints alone. One that complains on stderr has failed
// all the same, and a person must get to see it.
func gitHasNothing(r reply) bool { return r.stdout == "" && strings.TrimSpace(r.stderr) == "" }

// readGit reads the format git: username and password, or authtype and credential, which win.
func readGit(a ask, r reply) (answer, error) {
	attributes, err := gitAttributes(r.stdout)
	if err != nil {
		return answer{}, err
	}
	if err := checkGit(a, attributes); err != nil {
		return answer{}, err
	}
	var got answer
	switch scheme, credential := attributes["authtype"], attributes["credential"]; {
	case scheme != "" && credential != "":
		if got, err = takeApart(scheme + " " + credential); err != nil {
			return answer{}, errors.New("its authtype and credential do not make a header Authorization")
		}
	case attributes["password"] != "":
		got = answer{username: attributes["username"], value: attributes["password"], scheme: providers.Basic}
	case isTrue(attributes["quit"]):
		return answer{}, errors.New("it tells git to give up (quit)")
	default:
		return answer{}, errNothing
	}
	got.expires, err = gitExpiry(attributes["password_expiry_utc"])
	return got, err
}

// gitAttributes reads lines of key=value up to a blank one, with LF alone at their ends.
func gitAttributes(text string) (map[string]string, error) {
	attributes := make(map[string]string)
	if strings.ContainsAny(text, "\x00\r") {
		return nil, errors.New("its answer has a NUL or a CR")
	}
	for line := range strings.SplitSeq(text, "\n") {
		if line == "" {
			break
		}
		key, value, ok := strings.Cut(line, "=")
		if !ok || len(line) > maxGitLine {
			return nil, errors.New("its answer has a line that is not key=value, or is too long")
		}
		if strings.HasSuffix(key, "[]") {
			continue // none of them says what the token is
		}
		if before, again := attributes[key]; again && before != value {
			return nil, errors.New("its answer says one thing twice, and not the same")
		}
		attributes[key] = value
	}
	return attributes, nil
}

// checkGit refuses an answer for another host, and one that may not be kept.
func checkGit(a ask, attributes map[string]string) error {
	protocol, hasProtocol := attributes["protocol"]
	host, hasHost := attributes["host"]
	switch {
	case hasProtocol && !strings.EqualFold(protocol, a.url.Scheme) || hasHost && !strings.EqualFold(host, a.url.Authority()):
		return errors.New("its answer is for another host than it was asked for")
	case isTrue(attributes["ephemeral"]):
		return errors.New("its answer is good for one request only (ephemeral)")
	}
	return nil
}

// isTrue reads a boolean of git-config(1).
func isTrue(text string) bool {
	switch strings.ToLower(text) {
	case "1", "true", "yes", "on":
		return true
	}
	return false
}

// gitExpiry reads whole seconds since 1970; zero and nothing are no expiry.
func gitExpiry(text string) (time.Time, error) {
	if text == "" || text == "0" {
		return time.Time{}, nil
	}
	seconds, err := strconv.ParseUint(text, 10, 64)
	if err != nil || seconds > maxTime {
		return time.Time{}, errors.New("its password_expiry_utc is not a number of seconds since 1970")
	}
	return time.Unix(int64(seconds), 0).UTC(), nil
}
