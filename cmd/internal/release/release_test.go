//go:build linux

package release

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/sesame-auth/sesame/cmd/internal/programs"
)

// built is what was built for this machine. It is built once.
type built struct {
	*release
	programs, shared []file
	deb, archive     string
}

var host = target{"linux", runtime.GOARCH}

var build = sync.OnceValues(func() (b built, err error) {
	dir, err := os.MkdirTemp("", "sesame-release-test-")
	if err != nil {
		return b, err
	}
	if b.release, err = newRelease(dir); err != nil {
		return b, err
	}
	b.level = gzip.NoCompression
	if b.shared, err = b.sharedFiles(); err != nil {
		return b, err
	}
	if b.programs, err = b.release.programs(host); err != nil {
		return b, err
	}
	if b.deb, err = b.debian(host.processor, b.programs, b.shared); err != nil {
		return b, err
	}
	b.archive, err = b.release.archive(host, b.programs, b.shared)
	return b, err
})

func TestMain(m *testing.M) {
	code := m.Run()
	if b, err := build(); err == nil {
		b.clean()
		os.RemoveAll(b.dir)
	}
	os.Exit(code)
}

func result(t *testing.T) built {
	t.Helper()
	programs.Need(t, "dpkg-deb", "dpkg")
	programs.Need(t, "git", "git")
	b, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// read returns what is in a tar archive, by name, and checks what must be the same for every file.
func (b built) read(t *testing.T, archive io.Reader) map[string]string {
	t.Helper()
	files := map[string]string{}
	for r := tar.NewReader(archive); ; {
		h, err := r.Next()
		if err == io.EOF {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Uid != 0 || h.Gid != 0 || h.Uname != "root" || h.Gname != "root" || !h.ModTime.Equal(b.when) {
			t.Errorf("%s: owner %d %s, group %d %s, time %v; want root, and the commit's %v", h.Name, h.Uid, h.Uname, h.Gid, h.Gname, h.ModTime, b.when)
		}
		if h.Mode != 0o644 && h.Mode != 0o755 && (h.Mode != 0o777 || h.Typeflag != tar.TypeSymlink) {
			t.Errorf("%s: mode %o", h.Name, h.Mode)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if h.Typeflag != tar.TypeDir {
			files[h.Name] = h.Linkname + string(data)
		}
	}
}

// all are the programs that people get.
var all = []string{
	"bazel-credential-sesame", "docker-credential-sesame", "git-credential-sesame", "sesame", "sesame-provider-env",
	"sesame-provider-exec", "sesame-provider-oauth2", "sesame-provider-pyx", "sesame-provider-static",
}

// A package that lacks a program, or has one that nobody asked for, is found by users.
func TestPackageHasWhatIsInstalledAndNothingElse(t *testing.T) {
	b := result(t)
	data, err := exec.Command("dpkg-deb", "--fsys-tarfile", b.deb).Output()
	if err != nil {
		t.Fatal(err)
	}
	files := b.read(t, bytes.NewReader(data))
	var want []string
	for _, name := range all {
		want = append(want, "./usr/libexec/sesame/"+name)
	}
	for _, name := range pages { // those are the programs that are called
		want = append(want, "./usr/bin/"+name, "./usr/share/man/man1/"+name+".1.gz")
		if files["./usr/bin/"+name] != "../libexec/sesame/"+name {
			t.Errorf("/usr/bin/%s leads to %q", name, files["./usr/bin/"+name])
		}
		page := unzipped(t, files["./usr/share/man/man1/"+name+".1.gz"])
		if !strings.Contains(page, ".TH "+name+` 1 "`+b.when.Format("January 2006")+`" "sesame `) {
			t.Errorf("the title of the manual page %s lacks the date or the version:\n%.200s", name, page)
		}
	}
	for _, name := range []string{"CHANGELOG.md.gz", "README.md", "THIRD-PARTY-LICENSES.gz", "changelog.gz", "copyright"} {
		want = append(want, "./usr/share/doc/sesame/"+name)
	}
	for _, c := range completions {
		want = append(want, "./usr/"+c.name)
	}
	want = append(want, "./usr/share/lintian/overrides/sesame")
	slices.Sort(want)
	if got := slices.Sorted(maps.Keys(files)); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// dpkg compares version numbers by its own rules: a snapshot must give way to the release.
func TestSnapshotComesBeforeItsRelease(t *testing.T) {
	b := result(t)
	version, err := exec.Command("dpkg-deb", "-f", b.deb, "Version").Output()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.version, "-snapshot") {
		t.Skip("this commit is a release")
	}
	if err := exec.Command("dpkg", "--compare-versions", strings.TrimSpace(string(version)), "lt", "0.1.0").Run(); err != nil {
		t.Errorf("%s does not come before 0.1.0: %v", version, err)
	}
}

func TestArchiveHasAllProgramsAndSaysWhatWasTested(t *testing.T) {
	b := result(t)
	f, err := os.Open(b.archive)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	root := strings.TrimSuffix(filepath.Base(b.archive), ".tar.gz") + "/"
	files := b.read(t, z)
	for _, name := range all {
		if files[root+"bin/"+name] == "" {
			t.Errorf("%s is not there", name)
		}
	}
	for name := range files {
		if !strings.HasPrefix(name, root) {
			t.Errorf("%s is not in the archive's folder", name)
		}
	}
	if readme := files[root+"README.txt"]; !strings.Contains(readme, "This platform: "+host.tested()+".") || !strings.Contains(readme, b.commit) {
		t.Errorf("the README does not say what was tested, or from what it was built:\n%s", readme)
	}
}

// Who reports a fault names a version: two snapshots must not have the same, nor work together.
func TestProgramsKnowWhatTheyAreBuiltFrom(t *testing.T) {
	b := result(t)
	for _, f := range b.programs {
		name := filepath.Base(f.name)
		flag := "--version"
		switch {
		case strings.HasPrefix(name, "sesame-provider-"):
			continue // a plugin says nothing to people
		case name == "sesame":
			flag = "version"
		}
		if out, err := exec.Command(f.from, flag).CombinedOutput(); err != nil || !strings.Contains(string(out), b.version) {
			t.Errorf("%s %s: %v, says %q, which is not %s", name, flag, err, out, b.version)
		}
	}
}

// The programs run on machines that are not this one, and tell nothing of it.
func TestProgramsHaveNothingOfThisMachine(t *testing.T) {
	b := result(t)
	for _, f := range b.programs {
		data, err := f.content()
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(data, []byte(b.root)) || bytes.Contains(data, []byte(b.stage)) {
			t.Errorf("%s has the path of its source in it", f.name)
		}
		out, err := exec.Command("go", "version", "-m", f.from).Output()
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"-trimpath=true", "CGO_ENABLED=0"} {
			if !strings.Contains(string(out), want) {
				t.Errorf("%s was not built with %s:\n%s", f.name, want, out)
			}
		}
		if id, err := exec.Command("go", "tool", "buildid", f.from).Output(); err != nil || strings.TrimSpace(string(id)) != "" {
			t.Errorf("%s has the build's name %q (%v)", f.name, id, err)
		}
	}
}

func fileText(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func unzipped(t *testing.T, text string) string {
	t.Helper()
	z, err := gzip.NewReader(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
