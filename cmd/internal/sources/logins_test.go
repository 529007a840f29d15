//go:build unix

package sources_test

import (
	"bufio"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/core"
	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/oauth2/oauth2test"
	"github.com/sesame-auth/sesame/providers/pyx/pyxtest"
)

// logins are the sources that a person logs in to. The tools are served what came of that, and
// no server is asked again.
var logins = []source{
	{"pyx with sesame login", "pyx", func(c *cell) want {
		server := pyxServer(c)
		c.login(func(printed io.Reader) {
			if err := server.Confirm(c.lineAfter(printed, "open this page in a browser: ")); err != nil {
				c.t.Error(err)
			}
		})
		w := pyxToken(server, 0, pyxtest.Counts{})
		w.origin = core.Stored
		w.check = func(t *testing.T) {
			if got := server.Counts(); got.Logins != 1 || got.Refreshes != 0 || got.Refusals != 0 {
				t.Errorf("the server saw %+v, want one login", got)
			}
		}
		return w
	}},
	{"oauth2 device", "oauth2", func(c *cell) want {
		server := oauthServer(c, oauth2test.Config{Interval: time.Second})
		c.oauthRoute(server, "device", `client_id = "`+oauth2test.ClientID+`"`)
		c.login(func(printed io.Reader) {
			if !server.Confirm(c.lineAfter(printed, "the code is ")) {
				c.t.Error("the code that is shown is not the server's")
			}
		})
		return loginToken(server, func(got oauth2test.Counts) bool { return got.Devices == 1 && got.Hasty == 0 })
	}},
	{"oauth2 browser", "oauth2", func(c *cell) want {
		server := oauthServer(c, oauth2test.Config{NamesItself: true})
		c.oauthRoute(server, "browser", `client_id = "`+oauth2test.ClientID+`"`)
		c.loginInBrowser()
		return loginToken(server, func(got oauth2test.Counts) bool {
			return got == oauth2test.Counts{Requests: 3, Metadata: 1, Codes: 1}
		})
	}},
}

func loginToken(server *oauth2test.Server, saw func(oauth2test.Counts) bool) want {
	return want{
		scheme: providers.Bearer, good: server.Accepts, ends: after(time.Hour), origin: core.Stored,
		asked: func() int { return server.Counts().Requests },
		check: func(t *testing.T) {
			if got := server.Counts(); !saw(got) || got.Refreshes != 0 {
				t.Errorf("the server saw %+v", got)
			}
		},
	}
}

// lineAfter returns the rest of the first line that begins so.
func (c *cell) lineAfter(printed io.Reader, begin string) string {
	c.t.Helper()
	for lines := bufio.NewScanner(printed); lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), begin); ok {
			return rest
		}
	}
	c.t.Errorf("no line begins with %q", begin)
	return ""
}

// loginInBrowser logs in to a server that wants nothing typed.
func (c *cell) loginInBrowser() {
	c.t.Helper()
	c.login(func(printed io.Reader) { c.visit(c.lineAfter(printed, "open this page in a browser: ")) })
}

// visit is a browser, and a person who says yes.
func (c *cell) visit(page string) {
	c.t.Helper()
	request, err := http.NewRequestWithContext(c.t.Context(), http.MethodGet, page, nil)
	if err != nil {
		c.t.Error(err)
		return
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		c.t.Error(err)
		return
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		c.t.Errorf("the browser's last page: %s", response.Status)
	}
}
