//go:build linux

package snippets

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sesame-auth/sesame/cmd/internal/programs"
	"github.com/sesame-auth/sesame/core"
)

// pages is what has to be said of documents beyond their text.
var pages = map[string]page{
	"README.md": {world: inClone, blocks: []special{
		{"cmd/internal/setup/main.go", exception},
	}},
	"docs/architecture.md":  {blocks: []special{{"the fronts: what the tools start", namesFiles}}},
	"docs/configuration.md": configurationPage,
	"docs/examples/README.md": {world: inNodeExample, blocks: []special{
		{"npm ci", each(prints("[plugin.index]", `path = "/home/me/node/index.mjs"`), then(
			"sesame plugins pin $PWD/index.mjs >pin.toml; chmod 600 pin.toml; sesame --config pin.toml plugins verify", "index  good"))},
	}},
	"docs/install.md": {world: withDownloads, blocks: []special{
		{"sudo apt", unpacked("debian/usr/bin")},
		{"sha256sum", unpacked("sesame-0.1.0-linux-amd64/bin")},
		{"go install", exception},
	}},
	"docs/messages.md":            {blocks: []special{{"https://sso.example.com/token", refusedConnection}}},
	"docs/performance.md":         {blocks: []special{{"bench/main.go -check", exception}}},
	"docs/moving/git.md":          movingGit,
	"docs/moving/docker.md":       movingDocker,
	"docs/moving/uv.md":           movingUV,
	"docs/moving/tweag.md":        movingTweag,
	"docs/moving/bazel-script.md": movingScript,
	"docs/protocols/bazel.md":     bazelPage,
	"docs/protocols/docker.md":    dockerPage,
	"docs/protocols/git.md":       gitPage,
	"docs/providers/env.md":       envPage,
	"docs/providers/exec.md":      execPage,
	"docs/providers/oauth2.md":    oauth2Page,
	"docs/providers/static.md":    staticPage,
	"docs/wire.md":                {blocks: []special{{"|unix|", handshake}}},
	"docs/writing-a-provider.md": {covered: []coverage{{
		"plugins", "TestGuideIsFollowedToTheLetter",
		func([]block, block) bool { return true }, // it fails at a block that it does not know
	}}},
}

// inClone has the reader in a clone of this tree, with Go.
func inClone(t *testing.T, w *world) {
	w.withGo(t)
	w.begin = w.home + "/sesame"
	copyTree(t, root, w.begin)
	w.set("SESAME_TOKEN_REGISTRY_EXAMPLE_COM", token)
}

// withGo puts Go on the PATH. Programs are built as those under test are, so that most of it comes from Go's cache.
func (w *world) withGo(t *testing.T) {
	t.Helper()
	path, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	w.set("PATH", w.variable("PATH")+":"+filepath.Dir(path))
	w.set("CGO_ENABLED", "0")
	w.set("GOFLAGS", "-trimpath '-ldflags=-s -w' -modcacherw")
	w.set("GOTOOLCHAIN", "local")
	for _, name := range []string{"GOCACHE", "GOMODCACHE"} {
		out, err := exec.Command("go", "env", name).Output()
		if err != nil {
			t.Fatal(err)
		}
		w.set(name, strings.TrimSpace(string(out)))
	}
}

// copyTree copies what a clone has.
func copyTree(t *testing.T, from, to string) {
	t.Helper()
	entries, err := os.ReadDir(from)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		name := entry.Name()
		switch {
		case name == ".git" || name == ".cache" || name == "bin" && from == root || name == "dist" && from == root || name == "node_modules":
		case entry.IsDir():
			copyTree(t, filepath.Join(from, name), filepath.Join(to, name))
		case entry.Type().IsRegular():
			text, err := os.ReadFile(filepath.Join(from, name))
			if err != nil {
				t.Fatal(err)
			}
			writeFile(t, filepath.Join(to, name), string(text), 0o600)
		}
	}
}

// inNodeExample has the reader in a copy of the example for Node.
func inNodeExample(t *testing.T, w *world) {
	copyTree(t, root+"/docs/examples/node", w.home+"/node")
	if err := os.Chmod(w.home+"/node/index.mjs", 0o700); err != nil {
		t.Fatal(err)
	}
	w.begin = w.home + "/node"
}

// withDownloads has beside the reader what a release has, by the names that a release gives it, with the programs under test in it.
func withDownloads(t *testing.T, w *world) {
	programs.Need(t, "dpkg-deb", "dpkg")
	pack := strings.NewReplacer("@BIN@", bin, "@VERSION@", core.Version,
		"@DEB@", "sesame_"+core.Version+"_amd64.deb", "@FOLDER@", "sesame-"+core.Version+"-linux-amd64").Replace(`
		mkdir -p package/DEBIAN package/usr/bin @FOLDER@/bin
		printf 'Package: sesame\nVersion: @VERSION@\nArchitecture: amd64\nMaintainer: a <a@test.invalid>\nDescription: a\n' >package/DEBIAN/control
		cp '@BIN@'/*sesame* package/usr/bin
		ln package/usr/bin/* @FOLDER@/bin
		dpkg-deb -Znone --root-owner-group --build package @DEB@
		tar cf @FOLDER@.tar.gz -I 'gzip -1' @FOLDER@
		echo "$(printf %064d 0)  another-archive.zip" >SHA256SUMS
		sha256sum @DEB@ @FOLDER@.tar.gz >>SHA256SUMS
		rm -r package @FOLDER@`)
	if out, ok := w.try(pack); !ok {
		t.Fatal(out)
	}
}

// unpacked is typed, and wants the programs to be in a folder of the home folder afterwards.
func unpacked(folder string) action {
	return func(t *testing.T, w *world, b block) {
		t.Helper()
		typed(t, w, b)
		if out := w.must(t, b, "~/"+folder+"/sesame version"); !strings.Contains(out, core.Version) {
			t.Errorf("%s:%d: the version is %q", b.page, b.line, out)
		}
	}
}

// A page may not name what a release does not have.
func TestDownloadsAreNamedAsAReleaseNamesThem(t *testing.T) {
	for file, want := range map[string]string{
		"debian.go":  `"sesame_"+version+"_"+processor+".deb"`,
		"archive.go": `"sesame-%s-%s-%s", r.version, t.system, t.processor`,
		"release.go": `sums = "SHA256SUMS"`,
	} {
		if text := readPage(t, "cmd/internal/release/"+file); !strings.Contains(text, want) {
			t.Errorf("%s does not have %s any more: give the downloads of this test the names that a release has now", file, want)
		}
	}
}
