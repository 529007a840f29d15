package plugins

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/sesame-auth/sesame/plugins/internal/wire"
)

// guideFile finds the name and the content of each file in the guide.
var guideFile = regexp.MustCompile("(?s)\n`([a-z_/]+\\.go)`:\n\n```go\n(.*?)```\n")

const guidePath = "../docs/writing-a-provider.md"

func readGuide(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(guidePath)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Whoever follows the guide must get a plugin that builds and conforms. An overlay puts its
// files into this module, so that no network is needed.
func TestGuideBuildsAndConforms(t *testing.T) {
	const module, place = "example.com/sesame-provider-acme", "github.com/sesame-auth/sesame/plugins/guide"
	temp := t.TempDir()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	replace := map[string]string{}
	for _, match := range guideFile.FindAllStringSubmatch(readGuide(t), -1) {
		copied := filepath.Join(temp, strings.ReplaceAll(match[1], "/", "-"))
		if err := os.WriteFile(copied, []byte(strings.ReplaceAll(match[2], module, place)), 0o600); err != nil {
			t.Fatal(err)
		}
		replace[filepath.Join(here, "guide", match[1])] = copied
	}
	if len(replace) != 3 {
		t.Fatalf("%d files in the guide, want 3", len(replace))
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(temp, "overlay.json")
	if err := os.WriteFile(name, overlay, 0o600); err != nil {
		t.Fatal(err)
	}
	// Vet and a run by "go test" would need the directory, which exists in the overlay alone.
	test := filepath.Join(temp, "acme.test")
	for _, args := range [][]string{
		{"go", "test", "-c", "-vet=off", "-overlay", name, "-o", test, "./guide/acme"},
		{test},
		{"go", "build", "-overlay", name, "-o", filepath.Join(temp, "sesame-provider-acme"), "./guide"},
	} {
		if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
}

// An author in another language copies these from the guide.
func TestGuideNamesTheHandshake(t *testing.T) {
	guide, handshake := readGuide(t), wire.Handshake()
	for _, want := range []string{
		handshake.MagicCookieKey, handshake.MagicCookieValue, wire.ProviderService_ServiceDesc.ServiceName,
	} {
		if !strings.Contains(guide, "`"+want+"`") {
			t.Errorf("the guide does not name %s", want)
		}
	}
}
