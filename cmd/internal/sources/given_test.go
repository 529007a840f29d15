//go:build unix

package sources_test

import (
	"strconv"
	"time"

	"github.com/sesame-auth/sesame/core"
	"github.com/sesame-auth/sesame/providers"
)

// secret is the one of a source that does not make one itself.
const secret = "the-secret"

func is(secret string) func(string) bool { return func(got string) bool { return got == secret } }

// bearer and password are tokens with the secret above.
func bearer(origin core.Origin) want {
	return want{scheme: providers.Bearer, good: is(secret), origin: origin}
}

func password(origin core.Origin) want {
	return want{username: "ci", scheme: providers.Basic, good: is(secret), origin: origin}
}

// given are the sources that somebody wrote a token into. They are asked each time.
var given = []source{
	{"env", "env", func(c *cell) want {
		c.env["SESAME_TOKEN_REGISTRY_TEST"] = secret
		return bearer(core.Passed)
	}},
	{"env with an account", "env", func(c *cell) want {
		c.env["SESAME_TOKEN_REGISTRY_TEST"], c.env["SESAME_USERNAME_REGISTRY_TEST"] = secret, "ci"
		return password(core.Passed)
	}},
	{"static", "static", func(c *cell) want {
		c.route(`provider = "static"`, `options = { secret_file = "`+c.write("secret", secret+"\n")+`" }`)
		return bearer(core.Passed)
	}},
	{"static with an account", "static", func(c *cell) want {
		c.route(`provider = "static"`, `username = "ci"`, `options = { secret_file = "`+c.write("secret", secret+"\n")+`" }`)
		return password(core.Passed)
	}},
}

// kept are the sources that a tool or a person handed a token to, by a route for every host.
var kept = []source{
	{"kept by docker login", "static", func(c *cell) want {
		c.routeFor("*", `provider = "static"`)
		c.must(`{"ServerURL":"`+host+`","Username":"ci","Secret":"`+secret+`"}`, "docker-credential-sesame", "store")
		return password(core.Kept)
	}},
	{"kept by git", "static", func(c *cell) want {
		c.routeFor("*", `provider = "static"`)
		ends := time.Now().Add(time.Hour).Truncate(time.Second)
		c.must("protocol=https\nhost="+host+"\nusername=ci\npassword="+secret+
			"\npassword_expiry_utc="+strconv.FormatInt(ends.Unix(), 10)+"\n", "git-credential-sesame", "store")
		w := password(core.Kept)
		w.ends = func(string, time.Time, time.Time) (time.Time, time.Time) { return ends, ends }
		return w
	}},
	{"kept by sesame login", "static", func(c *cell) want {
		c.routeFor("*", `provider = "static"`)
		c.must(secret+"\n", "sesame", "login", "https://"+host)
		return bearer(core.Kept)
	}},
	{"kept by sesame login with an account", "static", func(c *cell) want {
		c.routeFor("*", `provider = "static"`)
		c.must(secret+"\n", "sesame", "login", "--username", "ci", "https://"+host)
		return password(core.Kept)
	}},
}
