package release

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// A target is a platform, as Go names it.
type target struct{ system, processor string }

// targets are the platforms; [tested] says what was run on each.
var targets = []target{
	{"linux", "amd64"}, {"linux", "arm64"}, {"darwin", "amd64"},
	{"darwin", "arm64"}, {"windows", "amd64"}, {"windows", "arm64"},
}

// A file is one file of a release. Its content is that of the file from, or else the text; a link has a target instead.
type file struct {
	name       string // in an archive
	mode       fs.FileMode
	from, text string
	link       string
}

func (f file) content() ([]byte, error) {
	if f.from != "" {
		return os.ReadFile(f.from)
	}
	return []byte(f.text), nil
}

// programs builds every program for the target: those that tools and people start, and the plugins.
func (r *release) programs(t target) ([]file, error) {
	dir := filepath.Join(r.stage, t.system+"-"+t.processor)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, err
	}
	fmt.Println("+ build for", t.system, t.processor)
	if err := r.compile(t, dir, "./cmd/...", "./plugins/..."); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(dir)
	var files []file
	for _, entry := range entries {
		files = append(files, file{name: "bin/" + entry.Name(), mode: 0o755, from: filepath.Join(dir, entry.Name())})
	}
	return files, err
}

// compile builds programs into a folder. There is nothing in them of the machine that built them: no C library, no
// path, no name of the build.
func (r *release) compile(t target, dir string, packages ...string) error {
	env := []string{"CGO_ENABLED=0", "GOOS=" + t.system, "GOARCH=" + t.processor, "GOAMD64=v1", "GOARM64=v8.0", "GOFLAGS=", "GOEXPERIMENT="}
	args := []string{"build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w -buildid= " + r.named(), "-o", dir + string(os.PathSeparator)}
	_, err := outputIn(r.root, env, "go", append(args, packages...)...)
	return err
}

// named has the linker tell a program its version, so that two snapshots do not pass for one release.
func (r *release) named() string { return "-X github.com/sesame-auth/sesame/core.Version=" + r.version }

// pages are the programs with a manual page.
var pages = []string{"sesame", "bazel-credential-sesame", "docker-credential-sesame", "git-credential-sesame"}

// completions are where the shells look for them in packages, below the prefix.
var completions = []struct{ shell, name string }{
	{"bash", "share/bash-completion/completions/sesame"},
	{"zsh", "share/zsh/vendor-completions/_sesame"},
	{"fish", "share/fish/vendor_completions.d/sesame.fish"},
}

// sharedFiles makes the files that are the same for every target: manual pages, completions, texts.
func (r *release) sharedFiles() ([]file, error) {
	program := filepath.Join(r.stage, "sesame")
	if _, err := r.output("go", "build", "-ldflags="+r.named(), "-o", program, "./cmd/sesame"); err != nil {
		return nil, err
	}
	var files []file
	for _, page := range pages {
		text, err := r.output(program, "man", page)
		if err != nil {
			return nil, err
		}
		files = append(files, file{name: "share/man/man1/" + page + ".1", mode: 0o644, text: dated(text, r.when.Format("January 2006"))})
	}
	for _, c := range completions {
		text, err := r.output(program, "completion", c.shell)
		if err != nil {
			return nil, err
		}
		files = append(files, file{name: c.name, mode: 0o644, text: text})
	}
	for _, name := range []string{"LICENSE", "README.md", "CHANGELOG.md"} {
		files = append(files, file{name: docs + name, mode: 0o644, from: filepath.Join(r.root, name)})
	}
	licences, err := r.licences()
	return append(files, file{name: docs + "THIRD-PARTY-LICENSES", mode: 0o644, text: licences}), err
}

// docs is the folder of the texts, below the prefix.
const docs = "share/doc/sesame/"

// dated puts a date into the empty place of a manual page's title: that of the commit, not of the build.
func dated(page, date string) string { return strings.Replace(page, ` 1 "" `, ` 1 "`+date+`" `, 1) }
