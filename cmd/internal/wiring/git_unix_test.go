//go:build unix

package wiring

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// git runs a path by a shell if it begins with "/", and takes anything else for a name.
func TestGitFindsAProgramThatIsNotInThePATH(t *testing.T) {
	const answer = "#!/bin/sh\necho username=me\necho password=of-$1\n"
	for _, folder := range []string{"opt", "a b", "it's", `q"\$HOME;#`} {
		t.Run(folder, func(t *testing.T) {
			b := newBench(t)
			program := b.write(folder+"/git-credential-sesame", answer, 0o755)
			if err := os.RemoveAll(b.programs); err != nil {
				t.Fatal(err)
			}
			m := Git{Programs: filepath.Dir(program), Hosts: []string{"git.test"}, Only: true}
			b.change(m)
			out := b.git("protocol=https\nhost=git.test\n\n", "credential", "fill")
			if !strings.Contains(out, "password=of-get\n") {
				t.Errorf("git got %q", out)
			}
			b.write(".gitconfig", "# new\n"+b.text(".gitconfig"), 0o600)
			b.undo(m)
			if got := b.text(".gitconfig"); got != "# new\n" {
				t.Errorf("after undo: %q", got)
			}
		})
	}
}
