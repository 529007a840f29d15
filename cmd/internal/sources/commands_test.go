//go:build unix

package sources_test

import (
	"encoding/base64"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/core"
	"github.com/sesame-auth/sesame/providers"
)

// commands are programs of other makers, and the helpers of every protocol.
var commands = []source{
	{"exec token", "exec", func(c *cell) want {
		return c.helper("token", secret+"\n", "", "")
	}},
	{"exec token with a lifetime", "exec", func(c *cell) want {
		w := c.helper("token", secret+"\n", "", `lifetime = "50m"`)
		w.ends = after(50 * time.Minute)
		return w
	}},
	{"exec token that is a JWT", "exec", func(c *cell) want {
		token := jwt(time.Now().Add(time.Hour))
		w := c.helper("token", token+"\n", "", "")
		w.good, w.ends = is(token), claimed
		return w
	}},
	{"exec json", "exec", func(c *cell) want {
		end := time.Now().Add(time.Hour).Truncate(time.Second)
		w := c.helper("json", `{"access_token":"`+secret+`","expires_on":`+strconv.FormatInt(end.Unix(), 10)+`}`, "", "")
		w.ends = at(end)
		return w
	}},
	{"exec git", "exec", func(c *cell) want {
		end := time.Now().Add(time.Hour).Truncate(time.Second)
		w := c.helper("git", "username=ci\npassword="+secret+"\npassword_expiry_utc="+strconv.FormatInt(end.Unix(), 10)+"\n",
			"get\ncapability[]=authtype\nprotocol=https\nhost="+host+"\n", "")
		w.username, w.scheme, w.ends = "ci", providers.Basic, at(end)
		return w
	}},
	{"exec docker", "exec", func(c *cell) want {
		w := c.helper("docker", `{"ServerURL":"`+host+`","Username":"ci","Secret":"`+secret+`"}`+"\n", "get\n"+host, "")
		w.username, w.scheme = "ci", providers.Basic
		return w
	}},
	{"exec bazel", "exec", func(c *cell) want {
		end := time.Now().Add(time.Hour).Truncate(time.Second)
		w := c.helper("bazel", `{"headers":{"Authorization":["Bearer `+secret+`"]},"expires":"`+end.UTC().Format(time.RFC3339)+`"}`,
			"get\n"+`{"uri":"https://`+host+`/"}`, "")
		w.ends = at(end)
		return w
	}},
}

// helper configures a route to a program that prints answer, and is to be asked in these words.
func (c *cell) helper(format, answer, question, option string) want {
	c.t.Helper()
	script := c.write("helper", `#!/bin/sh
cd "$HOME" && echo >>starts && { [ $# -eq 0 ] || echo "$@"; cat; } >question && cat answer
`)
	if err := os.Chmod(script, 0o700); err != nil {
		c.t.Fatal(err)
	}
	c.write("answer", answer)
	c.route(`provider = "exec"`, "[route.options]", `command = ["`+script+`"]`, `format = "`+format+`"`, option)
	return want{
		scheme: providers.Bearer, good: is(secret), origin: core.Minted, asks: 1,
		asked: func() int { return len(c.read("starts")) },
		check: func(t *testing.T) {
			if got := c.read("question"); got != question {
				t.Errorf("the helper was asked %q, want %q", got, question)
			}
		},
	}
}

// jwt makes a token that says when it ends, without a signature.
func jwt(end time.Time) string {
	encode := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	begin := strconv.FormatInt(time.Now().Unix(), 10)
	return encode(`{"alg":"none","typ":"JWT"}`) + "." +
		encode(`{"iat":`+begin+`,"exp":`+strconv.FormatInt(end.Unix(), 10)+`}`) + "." + encode("unsigned")
}
