package release

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
)

// legal are the files that must go where the code of a module goes.
var legal = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|patents)([._-].*)?$`)

// licences returns the licences and notices of Go and of all modules that the programs are made of.
func (r *release) licences() (string, error) {
	modules, err := r.modules()
	if err != nil {
		return "", err
	}
	goroot, err := r.output("go", "env", "GOROOT")
	if err != nil {
		return "", err
	}
	modules = append([]module{{"Go", runtime.Version(), strings.TrimSpace(goroot)}}, modules...)
	var text strings.Builder
	text.WriteString("The programs of sesame are made of sesame itself, whose licence is Apache-2.0, and of the following.\n")
	for _, m := range modules {
		entries, err := os.ReadDir(m.dir)
		if err != nil {
			return "", err
		}
		found := false
		for _, entry := range entries {
			if entry.IsDir() || !legal.MatchString(entry.Name()) {
				continue
			}
			data, err := os.ReadFile(filepath.Join(m.dir, entry.Name()))
			if err != nil {
				return "", err
			}
			found = true
			fmt.Fprintf(&text, "\n%s\n%s %s: %s\n\n%s\n", strings.Repeat("=", 80), m.path, m.version, entry.Name(),
				strings.TrimRight(strings.ReplaceAll(string(data), "\r\n", "\n"), "\n"))
		}
		if !found {
			return "", fmt.Errorf("%s %s has no licence that could be given with it", m.path, m.version)
		}
	}
	return text.String(), nil
}
