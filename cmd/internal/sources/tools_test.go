//go:build unix

package sources_test

import (
	"encoding/base64"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/sesame-auth/sesame/core"
	"github.com/sesame-auth/sesame/providers"
)

// A tool asks for a host in the bytes of the real program, and is answered to the byte.
type tool struct {
	name, front string
	request     func(host string) string
	answer      func(answer) string
	// told has the expiry in what the tool is answered; nil for one that is told none.
	told *regexp.Regexp
	// secret has it; in base64 after "Basic".
	secret *regexp.Regexp
	// nothing is the answer where there is no token, and its exit code.
	nothing     string
	nothingCode int
}

// An answer is what a tool is to be told.
type answer struct {
	username, secret, scheme string
	expires                  time.Time // zero: none is told
	again                    bool      // the token comes from the store: another can be had
}

var tools = []tool{
	{
		name: "bazel", front: "bazel-credential-sesame",
		request: func(host string) string { return `{"uri":"https://` + host + `/a.tar?q\u003d1"}` },
		answer:  bazelAnswer,
		told:    regexp.MustCompile(`"expires":"([^"]*)"`),
		secret:  regexp.MustCompile(`\["(?:Bearer|(Basic)) ([^"]*)"\]`),
		nothing: `{"headers":{}}` + "\n",
	},
	{
		name: "git before 2.46", front: "git-credential-sesame",
		request: func(host string) string { return "protocol=https\nhost=" + host + "\nwwwauth[]=Basic realm=\"r\"\n" },
		answer:  func(a answer) string { return gitPassword(a) + gitExpiry(a) },
		told:    gitTold, secret: gitSecret,
	},
	{
		name: "git", front: "git-credential-sesame",
		request: func(host string) string {
			return "capability[]=authtype\ncapability[]=state\nprotocol=https\nhost=" + host + "\nwwwauth[]=Bearer realm=\"r\"\n"
		},
		answer: gitAnswer,
		told:   gitTold, secret: gitSecret,
	},
	{
		name: "docker", front: "docker-credential-sesame",
		request: func(host string) string { return host },
		answer: func(a answer) string {
			return `{"ServerURL":"` + host + `","Username":"` + named(a.username) + `","Secret":"` + a.secret + `"}` + "\n"
		},
		secret:  regexp.MustCompile(`()"Secret":"([^"]*)"`),
		nothing: "credentials not found in native keychain\n", nothingCode: 1,
	},
}

func bazelAnswer(a answer) string {
	value := a.secret
	if a.scheme == providers.Basic {
		value = base64.StdEncoding.EncodeToString([]byte(a.username + ":" + a.secret))
	}
	expires := ""
	if !a.expires.IsZero() {
		expires = `,"expires":"` + a.expires.UTC().Format(time.RFC3339) + `"`
	}
	return `{"headers":{"Authorization":["` + a.scheme + ` ` + value + `"]}` + expires + "}\n"
}

var (
	gitTold   = regexp.MustCompile(`password_expiry_utc=(.*)\n`)
	gitSecret = regexp.MustCompile(`()(?:password|credential)=(.*)\n`)
)

// gitAnswer is that of a git that takes a token as what it is, and asks again.
func gitAnswer(a answer) string {
	text := gitPassword(a)
	if a.scheme != providers.Basic {
		text = "capability[]=authtype\nauthtype=" + a.scheme + "\ncredential=" + a.secret + "\n"
	}
	text += gitExpiry(a)
	if a.again {
		text += "state[]=sesame:" + core.Fingerprint(providers.NewSecret(a.secret)) + "\ncontinue=1\n"
	}
	return text
}

func gitPassword(a answer) string {
	return "username=" + named(a.username) + "\npassword=" + a.secret + "\n"
}

func gitExpiry(a answer) string {
	if a.expires.IsZero() {
		return ""
	}
	return "password_expiry_utc=" + strconv.FormatInt(a.expires.Unix(), 10) + "\n"
}

// named is the username of a token that has none.
func named(username string) string {
	if username == "" {
		return "__token__"
	}
	return username
}

// secretIn returns the secret in an answer; "" if there is none.
func (t tool) secretIn(stdout string) string {
	found := t.secret.FindStringSubmatch(stdout)
	switch {
	case found == nil:
		return ""
	case found[1] == "":
		return found[2]
	}
	text, err := base64.StdEncoding.DecodeString(found[2])
	_, secret, _ := strings.Cut(string(text), ":")
	if err != nil {
		return ""
	}
	return secret
}

// toldIn returns the expiry in an answer; zero if there is none.
func (t tool) toldIn(stdout string) time.Time {
	if t.told == nil {
		return time.Time{}
	}
	found := t.told.FindStringSubmatch(stdout)
	if found == nil {
		return time.Time{}
	}
	if at, err := time.Parse(time.RFC3339, found[1]); err == nil {
		return at
	}
	seconds, err := strconv.ParseInt(found[1], 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.Unix(seconds, 0)
}
