//go:build linux

package storm

import (
	"fmt"
	"os"
	"testing"

	"github.com/sesame-auth/sesame/providers/pyx/pyxtest"
)

// rogueHouse returns a house whose one route goes to the plugin that misbehaves.
func rogueHouse(t *testing.T, digest, variable, behave string) *house {
	t.Helper()
	h := newHouse(t, pyxtest.Config{})
	config := h.root + "/config.toml"
	text := fmt.Sprintf("[[route]]\nmatch = %q\nprovider = \"rogue\"\noptions = { behave = %q }\n\n"+
		"[plugin.rogue]\npath = %q\nsha256 = %q\nvariables = [\"ROGUE_START\"]\n",
		h.server.URL, behave, h.bin+"/rogue", digest)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	h.env = append(h.env, "SESAME_CONFIG="+config, "ROGUE_START="+variable)
	return h
}

// A plugin may do anything. The caller is answered, and nothing of the plugin stays: no process, no
// socket, no pipe that holds the build up.
func TestFaultsOfAPluginAreAnswered(t *testing.T) {
	t.Parallel()
	const wrong = "0000000000000000000000000000000000000000000000000000000000000000"
	type row struct {
		name, digest, start, behave, says string
		token                             bool
	}
	rows := []row{
		{"ends before the handshake", rogueDigest, "/exit", "", "no licence found", false},
		{"prints before the handshake", rogueDigest, "/print", "", `it wrote "hello, world" to stdout`, false},
		{"makes no handshake", rogueDigest, "/sleep", "", "it was not ready in time", false},
		{"crashes", rogueDigest, "", "crash", "the roof is on fire", false},
		{"panics", rogueDigest, "", "panic", "the provider panicked", false},
		{"floods stdout", rogueDigest, "", "stdout", "", true},
		{"floods stderr", rogueDigest, "", "stderr", "", true},
		{"leaves a child", rogueDigest, "", "child", "", true},
		{"leaves a child and ends", rogueDigest, "", "leave", "it ended instead of answering", false},
		{"is not the one that is pinned", wrong, "", "", "the configuration pins", false},
	}
	if fullFaults() {
		rows = append(rows, row{"hangs", rogueDigest, "", "hang", "the refresh took too long", false})
	}
	r := new(report)
	t.Run("each", func(t *testing.T) {
		for _, row := range rows {
			t.Run(row.name, func(t *testing.T) {
				t.Parallel()
				h := rogueHouse(t, row.digest, row.start, row.behave)
				got := h.call(t)
				fault{token: row.token, says: row.says}.judge(t, got)
				h.wantNothingLeft(t)
				r.add("a plugin that "+row.name, got, h.leftovers(t))
			})
		}
	})
	r.log(t)
}
