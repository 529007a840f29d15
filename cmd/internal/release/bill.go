package release

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// cyclonedx makes bills of material. It runs from its module, so that ours does not depend on it.
const cyclonedx = "github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.10.0"

// A module is one that programs are made of.
type module struct{ path, version, dir string }

// bill writes the list of the modules that the programs are made of (CycloneDX 1.6), and of the Go that builds them.
func (r *release) bill() error {
	to := filepath.Join(r.dir, "sesame-"+r.version+".cdx.json")
	fmt.Println("+ go run", cyclonedx)
	env := []string{"SOURCE_DATE_EPOCH=" + strconv.FormatInt(r.when.Unix(), 10)}
	_, err := outputIn(r.root, env, "go", "run", cyclonedx, "mod", "-json", "-std", "-licenses", "-noserial", "-notimestamp",
		"-output", to, ".")
	if err != nil {
		return err
	}
	text, err := os.ReadFile(to)
	if err != nil {
		return err
	}
	modules, err := r.modules()
	if err != nil {
		return err
	}
	if err := checkBill(text, append(modules, module{path: "std", version: runtime.Version()})); err != nil {
		return fmt.Errorf("%s: %w", to, err)
	}
	return nil
}

// checkBill looks whether a bill has every module that is linked into a program, in its version, with its digest.
func checkBill(text []byte, modules []module) error {
	var bill struct {
		BomFormat, SpecVersion string
		Components             []struct {
			Name, Version string
			Hashes        []struct{ Content string }
		}
	}
	if err := json.Unmarshal(text, &bill); err != nil {
		return err
	}
	if bill.BomFormat != "CycloneDX" || len(bill.Components) == 0 {
		return fmt.Errorf("%q is no bill of material, or an empty one", bill.BomFormat)
	}
	listed := make(map[string]bool) // by name and version; true with a digest
	for _, c := range bill.Components {
		listed[c.Name+" "+c.Version] = len(c.Hashes) > 0
	}
	for _, m := range modules {
		digest, ok := listed[m.path+" "+m.version]
		if !ok || !digest && m.path != "std" {
			return fmt.Errorf("%s %s is linked, and not in it or without a digest", m.path, m.version)
		}
	}
	return nil
}

// modules returns the modules that are linked into the programs of any target, ours excepted, in the order of their names.
func (r *release) modules() ([]module, error) {
	mains, err := r.output("go", "list", "-f", `{{if eq .Name "main"}}{{.ImportPath}}{{end}}`, "./cmd/...", "./plugins/...")
	if err != nil {
		return nil, err
	}
	list := append([]string{"list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Version}}\t{{.Dir}}{{end}}{{end}}"},
		strings.Fields(mains)...)
	var all []module
	for _, t := range targets {
		env := []string{"CGO_ENABLED=0", "GOOS=" + t.system, "GOARCH=" + t.processor}
		out, err := outputIn(r.root, env, "go", list...)
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(out) {
			if words := strings.Split(strings.TrimSpace(line), "\t"); len(words) == 3 {
				all = append(all, module{words[0], words[1], words[2]})
			}
		}
	}
	slices.SortFunc(all, func(a, b module) int { return strings.Compare(a.path, b.path) })
	return slices.Compact(all), nil
}
