package release

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/sesame-auth/sesame/core"
)

// The tools that make packages and bills of material. They run from their modules, so that ours does not depend on them.
const (
	nfpm      = "github.com/goreleaser/nfpm/v2/cmd/nfpm@v2.43.1"
	cyclonedx = "github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.10.0"
)

// debian makes a Debian package: the programs, where they find one another and the tools find them; manual pages
// and completions where man and the shells look.
func debian(dir, processor string, programs, shared []file, when time.Time) error {
	description, err := filepath.Abs(filepath.Join(dir, "stage", "nfpm-"+processor+".yaml"))
	if err != nil {
		return err
	}
	var text strings.Builder
	fmt.Fprintf(&text, `name: sesame
arch: %s
platform: linux
version: %s
section: utils
priority: optional
maintainer: sesame authors <sesame@users.noreply.github.com>
homepage: https://github.com/sesame-auth/sesame
license: Apache-2.0
description: |
  One credential helper for Bazel, git and docker.
  It answers from a token that it holds, and gets a new one exactly once
  when that is due, however many processes ask.
recommends: [ca-certificates]
suggests: [git, docker-cli, gnome-keyring]
mtime: %q
contents:
`, processor, core.Version, when.Format(time.RFC3339))
	for _, f := range append(programs, shared...) {
		from, err := filepath.Abs(f.from)
		if err != nil {
			return err
		}
		fmt.Fprintf(&text, "  - {src: %q, dst: %q, file_info: {mode: 0%o, mtime: %q}}\n", from, "/usr/"+f.name, f.mode, when.Format(time.RFC3339))
	}
	if err := os.WriteFile(description, []byte(text.String()), 0o600); err != nil {
		return err
	}
	return tool(when, nfpm, "package", "--config", description, "--packager", "deb", "--target", dir+"/")
}

// bill writes the list of the modules that the programs are made of.
func bill(dir string) error {
	when, err := commitTime()
	if err != nil {
		return err
	}
	to := filepath.Join(dir, "sesame-"+core.Version+".cdx.json")
	return tool(when, cyclonedx, "mod", "-json", "-std", "-noserial", "-notimestamp", "-output", to, ".")
}

// tool runs a program of another module, for this machine whatever is built.
func tool(when time.Time, module string, args ...string) error {
	fmt.Println("+ go run", module, args[0])
	run := exec.Command("go", append([]string{"run", module}, args...)...)
	run.Env = append(os.Environ(), "SOURCE_DATE_EPOCH="+strconv.FormatInt(when.Unix(), 10))
	if out, err := run.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", module, err, out)
	}
	return nil
}
