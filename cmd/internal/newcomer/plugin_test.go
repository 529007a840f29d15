//go:build linux

package newcomer

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// withPlugin is a machine on which a person uses the plugin of a third party, pinned to what it is.
func withPlugin(t *testing.T) (m *machine, url, plugin string) {
	t.Helper()
	url, authority := gitServer(t, func(token string) bool { return strings.HasPrefix(token, "acme-") })
	m = newMachine(t, authority)
	plugin = filepath.Join(m.home, "sesame-provider-acme")
	cmd := exec.Command("go", "build", "-trimpath", "-o", plugin, "./testdata/acme")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v: %s", err, out)
	}
	m.own(plugin)
	m.types("mkdir -p ~/.config/sesame; sesame plugins pin "+plugin+" >>~/.config/sesame/config.toml", "")
	m.types("sesame config init --match "+origin(url)+" --provider acme", "")
	m.types("sesame setup git --write", "")
	m.works(url)
	return m, url, plugin
}

// A plugin that somebody has cleared away is named, by its path. Another in its place is not started before it is pinned.
func TestAMissingPlugin(t *testing.T) {
	t.Parallel()
	m, url, plugin := withPlugin(t)
	m.types("sesame forget "+url, "")
	m.types("mv "+plugin+" away", "")
	m.fails(url, "plugin acme", plugin+": no such file or directory")
	m.types("sesame explain "+url, "").has(t, plugin+": no such file or directory")
	s := m.finds(t, "plugin acme: "+plugin+": no such file or directory", "the plugin's path in the configuration")
	m.types("mv away "+plugin, "")
	m.types(s.command(t, "sesame "), "")
	m.works(url)
}
