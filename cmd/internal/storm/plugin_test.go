//go:build linux

package storm

import (
	"crypto/sha256"
	"fmt"
	"os"
	"testing"

	"github.com/sesame-auth/sesame/cmd/internal/programs"
	"github.com/sesame-auth/sesame/providers/pyx/pyxtest"
)

// rogueHouse returns a house whose one route goes to the plugin that misbehaves.
func rogueHouse(t *testing.T, digest, variable, behave string) *house {
	t.Helper()
	h := newHouse(t, pyxtest.Config{})
	config := h.root + "/config.toml"
	text := fmt.Sprintf("[[route]]\nmatch = %q\nprovider = \"rogue\"\noptions = { behave = %q, flood = %d }\n\n"+
		"[plugin.rogue]\npath = %q\nsha256 = %q\nvariables = [\"ROGUE_START\"]\n",
		h.server.URL, behave, programs.Fewer(64, 2), h.bin+"/rogue", digest)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	h.env = append(h.env, "SESAME_CONFIG="+config, "ROGUE_START="+variable)
	h.scan.Add("rogue-xxxx") // its token; its state begins as an issuer's refresh token does
	return h
}

// digestOfRogue returns the digest that pins the plugin.
func digestOfRogue(t *testing.T) string {
	t.Helper()
	program, err := os.ReadFile(built + "/rogue")
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%x", sha256.Sum256(program))
}

// A plugin may do anything. The caller is answered, and nothing of the plugin stays: no process, no
// socket, no pipe that holds the build up.
func TestFaultsOfAPluginAreAnswered(t *testing.T) {
	t.Parallel()
	good := digestOfRogue(t)
	const wrong = "0000000000000000000000000000000000000000000000000000000000000000"
	type row struct {
		name, digest, start, behave, says string
		token                             bool
	}
	rows := []row{
		{"ends before the handshake", good, "/exit", "", "no licence found", false},
		{"prints before the handshake", good, "/print", "", `it wrote "hello, world" to stdout`, false},
		{"makes no handshake", good, "/sleep", "", "it was not ready in time", false},
		{"crashes", good, "", "crash", "the roof is on fire", false},
		{"panics", good, "", "panic", "the provider panicked", false},
		{"floods stdout", good, "", "stdout", "", true},
		{"floods stderr", good, "", "stderr", "", true},
		{"leaves a child", good, "", "child", "", true},
		{"leaves a child and ends", good, "", "leave", "it ended instead of answering", false},
		{"is not the one that is pinned", wrong, "", "", "the configuration pins", false},
	}
	if fullFaults() {
		rows = append(rows, row{"hangs", good, "", "hang", "the refresh took too long", false})
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
