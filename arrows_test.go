package sesame_test

import (
	"encoding/json"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/sesame-auth/sesame/"

// floors says what each folder may import of ours; arrows point only down. A name that ends
// in "/..." stands for the folder and all in it. The longest folder that a package lies in
// counts, and a package may always import from its own.
var floors = map[string][]string{
	"providers":                      {"providers/duration"},
	"providers/concat":               {},
	"providers/quote":                {},
	"providers/duration":             {},
	"providers/netcause":             {},
	"providers/env":                  {"providers"},
	"providers/static":               {"providers", "providers/quote"},
	"providers/static/keyring":       {"providers", "providers/static"},
	"providers/pyx":                  {"providers", "providers/netcause", "providers/internal"},
	"providers/oauth2":               {"providers", "providers/quote", "providers/netcause", "providers/internal"},
	"providers/exec":                 {"providers", "providers/quote", "providers/internal"},
	"providers/internal":             {"providers"},
	"providers/providerstest":        {"providers"},
	"protocols":                      {"providers"},
	"protocols/bazel":                {"providers", "providers/concat", "protocols", "protocols/internal"},
	"protocols/git":                  {"providers", "providers/concat", "protocols", "protocols/internal"},
	"protocols/docker":               {"providers", "providers/concat", "protocols", "protocols/internal"},
	"protocols/internal":             {"providers", "providers/concat"},
	"core":                           {"providers", "providers/concat", "providers/quote"},
	"plugins":                        {"providers", "providers/quote"},
	"plugins/sesame-provider-env":    {"providers/env", "plugins"},
	"plugins/sesame-provider-static": {"providers/static/keyring", "plugins"},
	"plugins/sesame-provider-oauth2": {"providers/oauth2", "plugins"},
	"plugins/sesame-provider-exec":   {"providers/exec", "plugins"},
	"plugins/sesame-provider-pyx":    {"providers/pyx", "plugins"},
	"cmd":                            {"providers/...", "protocols/...", "core", "plugins"},
}

// network lists the packages of ours that may link net/http.
var network = []string{
	"providers/pyx", "providers/oauth2", "providers/internal/retryafter", "plugins", "cmd/sesame", "cmd/internal/bench", "cmd/internal/cost",
	"cmd/internal/loopback", "cmd/internal/screens",
}

// heavy is what no front may link, and what it costs: package initialisers that run at
// every start. docs/performance.md has the measurements.
var heavy = []string{
	"fmt", "os", "os/exec", "net", "net/url", "net/http", "encoding/json", "encoding/base64",
	"encoding/binary", "crypto/sha256", "crypto/tls", "log", "regexp", "bufio", "flag", "sort",
	"google.golang.org/", "github.com/hashicorp/", "github.com/urfave/", "github.com/pelletier/",
	"golang.org/x/",
}

type goPackage struct {
	ImportPath string
	Imports    []string
	Deps       []string
	Standard   bool
}

// list returns what go list says of the packages that a pattern names.
func list(t *testing.T, patterns ...string) []goPackage {
	t.Helper()
	out, err := exec.Command("go", append([]string{"list", "-json=ImportPath,Imports,Deps,Standard"}, patterns...)...).Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var packages []goPackage
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := decoder.Decode(&p); err == io.EOF {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}

// folder returns the longest key of floors that a package of ours lies in.
func folder(path string) string {
	for path != "" {
		if _, ok := floors[path]; ok {
			return path
		}
		path = path[:max(0, strings.LastIndexByte(path, '/'))]
	}
	return ""
}

// A sideways arrow is how a house falls down: the core that knows a protocol, the
// provider that knows the store.
func TestArrowsPointOnlyDown(t *testing.T) {
	for _, p := range list(t, "./...") {
		from, ok := strings.CutPrefix(p.ImportPath, module)
		if !ok {
			continue
		}
		floor := folder(from)
		if floor == "" {
			t.Errorf("%s lies in no folder that this test knows", from)
			continue
		}
		for _, imported := range p.Imports {
			to, ok := strings.CutPrefix(imported, module)
			if ok && folder(to) != floor && !allowed(floors[floor], folder(to)) {
				t.Errorf("%s imports %s: no arrow leads from %s to %s", from, to, floor, folder(to))
			}
		}
	}
}

func allowed(arrows []string, to string) bool {
	return slices.ContainsFunc(arrows, func(arrow string) bool {
		tree, deep := strings.CutSuffix(arrow, "/...")
		return arrow == to || deep && in(to, []string{tree})
	})
}

func TestHeavyPackagesStayWhereTheyAreNeeded(t *testing.T) {
	for _, p := range list(t, "./...") {
		from := strings.TrimPrefix(p.ImportPath, module)
		for _, dep := range p.Deps {
			if strings.HasPrefix(dep, "google.golang.org/grpc") && !in(from, []string{"plugins", "cmd/sesame"}) {
				t.Errorf("%s links %s: gRPC belongs to plugins", from, dep)
				break
			}
		}
		if slices.Contains(p.Deps, "net/http") && !in(from, network) {
			t.Errorf("%s links net/http: only %s may", from, strings.Join(network, ", "))
		}
	}
}

func in(path string, folders []string) bool {
	return slices.ContainsFunc(folders, func(folder string) bool {
		return path == folder || strings.HasPrefix(path, folder+"/")
	})
}

// Merely linking go-plugin costs three times the whole work of a front; fmt, os and
// net/url cost a tenth of an empty program.
func TestFrontsLinkNothingHeavy(t *testing.T) {
	for _, p := range list(t, "./cmd/bazel-credential-sesame", "./cmd/git-credential-sesame", "./cmd/docker-credential-sesame") {
		for _, dep := range p.Deps {
			for _, h := range heavy {
				if dep == h || strings.HasSuffix(h, "/") && strings.HasPrefix(dep, h) {
					t.Errorf("%s links %s; type: go list -deps -f '{{.ImportPath}}: {{.Imports}}' ./%s",
						strings.TrimPrefix(p.ImportPath, module), dep, strings.TrimPrefix(p.ImportPath, module))
				}
			}
		}
	}
}
