//go:build unix

package sources_test

import (
	"encoding/base64"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/core"
	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/oauth2/oauth2test"
	"github.com/sesame-auth/sesame/providers/pyx/pyxtest"
)

// at is the expiry that is told of a token that ends at a moment: when a refresh is due.
func at(end time.Time) func(string, time.Time, time.Time) (time.Time, time.Time) {
	told := end.Add(-core.DefaultTolerance)
	return func(string, time.Time, time.Time) (time.Time, time.Time) { return told, told }
}

// after is that of one that lives for so long from when it was obtained.
func after(life time.Duration) func(string, time.Time, time.Time) (time.Time, time.Time) {
	return func(_ string, from, to time.Time) (time.Time, time.Time) {
		told := life - core.DefaultTolerance
		return from.Add(told), to.Add(told)
	}
}

// claimed is that of a JWT that says when it ends; for anything else it is 1970.
func claimed(secret string, from, to time.Time) (time.Time, time.Time) {
	_, rest, _ := strings.Cut(secret, ".")
	payload, _, _ := strings.Cut(rest, ".")
	text, _ := base64.RawURLEncoding.DecodeString(payload)
	var claims struct {
		Exp int64 `json:"exp"`
	}
	_ = json.Unmarshal(text, &claims)
	return at(time.Unix(claims.Exp, 0))(secret, from, to)
}

// issued are the sources that have a server which is asked once.
var issued = []source{
	{"pyx with uv's login", "pyx", func(c *cell) want {
		server := pyxServer(c)
		if _, err := server.LoginWithLeft(filepath.Join(c.home, "uv"), -time.Minute); err != nil {
			c.t.Fatal(err)
		}
		return pyxToken(server, 1, pyxtest.Counts{Requests: 1, Refreshes: 1})
	}},
	{"pyx with a key", "pyx", func(c *cell) want {
		server := pyxServer(c)
		c.env["PYX_API_KEY"] = "key"
		return pyxToken(server, 1, pyxtest.Counts{Requests: 1, Exchanges: 1})
	}},
	{"oauth2 refresh_token", "oauth2", func(c *cell) want {
		server := oauthServer(c, oauth2test.Config{})
		file := c.write("refresh-token", server.Login()+"\n")
		c.oauthRoute(server, "refresh_token", `client_id = "`+oauth2test.ClientID+`"`, `refresh_token_file = "`+file+`"`)
		return oauthToken(server, oauth2test.Counts{Requests: 2, Metadata: 1, Refreshes: 1})
	}},
	{"oauth2 client_credentials", "oauth2", func(c *cell) want {
		server := oauthServer(c, oauth2test.Config{Secret: "client-secret"})
		c.env["CLIENT_SECRET"] = "client-secret"
		c.oauthRoute(server, "client_credentials", `client_id = "`+oauth2test.ClientID+`"`, `client_secret_variable = "CLIENT_SECRET"`)
		return oauthToken(server, oauth2test.Counts{Requests: 2, Metadata: 1, Credentials: 1})
	}},
	{"oauth2 token_exchange", "oauth2", func(c *cell) want {
		server := oauthServer(c, oauth2test.Config{})
		c.oauthRoute(server, "token_exchange", `subject_token_file = "`+c.write("subject-token", server.SubjectToken())+`"`)
		return oauthToken(server, oauth2test.Counts{Requests: 2, Metadata: 1, Exchanges: 1})
	}},
	{"oauth2 with an account and token_exchange", "oauth2", func(c *cell) want {
		server := oauthServer(c, oauth2test.Config{Opaque: true})
		file := c.write("subject-token", server.SubjectToken())
		c.route(`provider = "oauth2"`, `username = "ci"`,
			`options = { grant = "token_exchange", issuer = "`+server.Issuer+`", subject_token_file = "`+file+`" }`)
		w := oauthToken(server, oauth2test.Counts{Requests: 2, Metadata: 1, Exchanges: 1})
		w.username, w.scheme = "ci", providers.Basic
		return w
	}},
}

// pyxServer starts an issuer whose files are on the host.
func pyxServer(c *cell) *pyxtest.Server {
	server := pyxtest.New(pyxtest.Config{Keys: []string{"key"}})
	c.t.Cleanup(server.Close)
	c.env["PYX_API_URL"], c.env["PYX_CREDENTIALS_DIR"] = server.URL, filepath.Join(c.home, "uv")
	c.env["PYX_CDN_DOMAIN"] = host
	return server
}

func pyxToken(server *pyxtest.Server, asks int, counts pyxtest.Counts) want {
	return want{
		scheme: providers.Bearer, good: server.Accepts, ends: claimed, origin: core.Minted, asks: asks,
		asked: func() int { return server.Counts().Requests },
		check: func(t *testing.T) {
			if got := server.Counts(); got != counts {
				t.Errorf("the server saw %+v, want %+v", got, counts)
			}
		},
	}
}

func oauthServer(c *cell, config oauth2test.Config) *oauth2test.Server {
	server := oauth2test.New(config)
	c.t.Cleanup(server.Close)
	return server
}

// oauthRoute configures a route for a grant of the server.
func (c *cell) oauthRoute(server *oauth2test.Server, grant string, options ...string) {
	c.t.Helper()
	lines := []string{`provider = "oauth2"`, "[route.options]", `grant = "` + grant + `"`, `issuer = "` + server.Issuer + `"`}
	c.route(append(lines, options...)...)
}

func oauthToken(server *oauth2test.Server, counts oauth2test.Counts) want {
	return want{
		scheme: providers.Bearer, good: server.Accepts, ends: after(time.Hour), origin: core.Minted, asks: counts.Requests,
		asked: func() int { return server.Counts().Requests },
		check: func(t *testing.T) {
			if got := server.Counts(); got != counts {
				t.Errorf("the server saw %+v, want %+v", got, counts)
			}
		},
	}
}
