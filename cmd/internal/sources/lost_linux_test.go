package sources_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/providers/oauth2/oauth2test"
)

// rotating are the grants whose refresh token is good for one use: with a token in hand, and with none.
var rotating = []struct {
	name    string
	prepare func(c *cell) *oauth2test.Server
}{
	{"after a login", func(c *cell) *oauth2test.Server {
		server := oauthServer(c, oauth2test.Config{NamesItself: true})
		c.oauthRoute(server, "browser", `client_id = "`+oauth2test.ClientID+`"`)
		c.loginInBrowser()
		return server
	}},
	{"from a file", func(c *cell) *oauth2test.Server {
		server := oauthServer(c, oauth2test.Config{})
		file := c.write("refresh-token", server.Login()+"\n")
		c.oauthRoute(server, "refresh_token", `client_id = "`+oauth2test.ClientID+`"`, `refresh_token_file = "`+file+`"`)
		return server
	}},
}

// A server that answers with a dead token, as one with a broken clock does, has spent the refresh token and sent
// another. Whoever does not keep that one has lost the login by the time the server is well again.
func TestALoginSurvivesATokenThatCannotBeUsed(t *testing.T) {
	for _, row := range rotating {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			c := newCell(t)
			server := row.prepare(c)
			server.Fail("/token", oauth2test.Fault{Spend: true, Body: `{"access_token":"` + jwt(time.Now().Add(-time.Minute)) +
				`","token_type":"bearer","refresh_token":"` + server.Login() + `"}`})
			if r := c.force(); r.code == 0 || !strings.Contains(r.stderr, "a token that cannot be used: it expired at ") {
				t.Fatalf("a dead token: exit %d, %s", r.code, r.stderr)
			}
			if r := c.force(); r.code != 0 || !server.Accepts(strings.TrimSpace(r.stdout)) {
				t.Errorf("the refresh after: exit %d, %s", r.code, r.stderr)
			}
			if got := server.Counts(); got.Reuses != 0 {
				t.Errorf("the server saw %+v", got)
			}
		})
	}
}

// A plugin that is killed with the answer on its way takes a single-use refresh token with it. The person who has to
// log in again must be told why, or they look for the fault in the server.
func TestALoginThatAKilledPluginLostIsTold(t *testing.T) {
	for _, row := range rotating {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			c := newCell(t)
			server := row.prepare(c)
			server.Fail("/token", oauth2test.Fault{Spend: true, Before: c.killPlugin, Drop: true})
			if r := c.force(); r.code == 0 || !strings.Contains(r.stderr, "it ended instead of answering") {
				t.Fatalf("a killed plugin: exit %d, %s", r.code, r.stderr)
			}
			r := c.force()
			for _, want := range []string{"an earlier refresh was interrupted at ", "its refresh token may be spent"} {
				if r.code == 0 || !strings.Contains(r.stderr, want) {
					t.Errorf("exit %d, %s: want %q", r.code, r.stderr, want)
				}
			}
		})
	}
}

// force asks for a token newer than any.
func (c *cell) force() result {
	c.t.Helper()
	return c.run("", "sesame", "--force-refresh", "token", "https://"+host)
}

// killPlugin kills the plugin of this cell, and comes back when it has ended.
func (c *cell) killPlugin() {
	killed := 0
	processes, _ := filepath.Glob("/proc/[0-9]*")
	for _, process := range processes {
		command, _ := os.ReadFile(filepath.Join(process, "cmdline"))
		environ, _ := os.ReadFile(filepath.Join(process, "environ"))
		if strings.Contains(string(command), "sesame-provider-oauth2") && strings.Contains(string(environ), c.home) {
			pid, _ := strconv.Atoi(filepath.Base(process))
			if syscall.Kill(pid, syscall.SIGKILL) == nil {
				killed++
			}
			for len(command) > 0 { // one that has ended has no arguments
				command, _ = os.ReadFile(filepath.Join(process, "cmdline"))
			}
		}
	}
	if killed != 1 {
		c.t.Errorf("killed %d plugins, want one", killed)
	}
}
