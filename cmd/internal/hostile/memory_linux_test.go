package hostile

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/sesame-auth/sesame/cmd/internal/cost"
	"github.com/sesame-auth/sesame/cmd/internal/programs"
)

// maxMemory is what a front may take for the worst request, in KiB: an empty Go program has 2 MiB.
const maxMemory = 8 << 10

// A request without end, or of one line without end, must not take the machine's memory
// before it is refused.
func TestEndlessRequestsAreGivenUpInLittleMemory(t *testing.T) {
	if programs.Traced() {
		t.Skip("a front that logs is the whole program")
	}
	h, _ := newTempting(t)
	long := h.write("long", `{"uri":"`+strings.Repeat("a", 64<<20))
	lines := h.write("lines", "protocol=https\n"+strings.Repeat("capability[]=authtype\n", 1<<21))
	for _, program := range []string{bazel, git, docker} {
		for name, input := range map[string]string{"endless": "/dev/zero", "one line": long, "lines": lines} {
			t.Run(program+", "+name, func(t *testing.T) {
				p := cost.Program{Path: filepath.Join(h.bin, program), Args: []string{"get"}, Env: h.environ(), Input: input}
				peak, err := p.Peak()
				if err != nil {
					t.Fatal(err)
				}
				if peak > maxMemory {
					t.Errorf("%d KiB at its peak, want %d at most", peak, maxMemory)
				}
				t.Logf("%d KiB", peak)
			})
		}
	}
}
