//go:build unix

package plugins_test

import (
	"archive/zip"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// What others build against is a release, which has no more than its module's zip file has. The tests of the
// guide and of the examples make one of this tree.
const (
	ourModule  = "github.com/sesame-auth/sesame"
	ourVersion = "v0.1.0"
	ourTree    = ".."
)

// A release is a machine of an author's: an empty home directory, and a module proxy that has this tree as
// the only version of sesame.
type release struct {
	home string
	env  []string
}

func newRelease(t *testing.T) release {
	t.Helper()
	proxy := filepath.Join(privateDir(t), "proxy")
	writeProxy(t, filepath.Join(proxy, ourModule, "@v"))
	home := privateDir(t)
	cache, downloaded, others := goEnv(t, "GOCACHE"), goEnv(t, "GOMODCACHE"), goEnv(t, "GOPROXY")
	return release{home: home, env: []string{
		"HOME=" + home, "PATH=" + os.Getenv("PATH"), "GOTOOLCHAIN=local", "GOFLAGS=-modcacherw", "GOCACHE=" + cache,
		// What this machine has downloaded for the build of this tree is a proxy too, so that the network is needed
		// for nothing but what is missing there.
		"GOPROXY=file://" + proxy + ",file://" + filepath.Join(downloaded, "cache/download") + "," + others,
		// Digests are compared with this tree's go.sum instead: see checkSums.
		"GOSUMDB=off",
	}}
}

// command returns a command of that author's, in dir.
func (r release) command(dir, name string, args ...string) *exec.Cmd {
	c := exec.Command(name, args...)
	c.Dir, c.Env = dir, r.env
	return c
}

// run runs it, and returns what it prints.
func (r release) run(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	out, err := r.command(dir, name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// checkSums compares the digests of the modules that somebody built with, as the go.sum in dir has them, with
// those of this tree.
func checkSums(t *testing.T, dir string) {
	t.Helper()
	known := readFile(t, filepath.Join(ourTree, "go.sum"))
	for line := range strings.Lines(readFile(t, filepath.Join(dir, "go.sum"))) {
		if !strings.HasPrefix(line, ourModule+" ") && !strings.Contains(known, line) {
			t.Errorf("this tree's go.sum has no %s", line)
		}
	}
}

// moduleZip returns the content of this tree as a release has it. It is made once.
var moduleZip = sync.OnceValues(func() ([]byte, error) {
	var content strings.Builder
	archive := zip.NewWriter(&content)
	err := filepath.WalkDir(ourTree, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir():
			return skip(path)
		case !entry.Type().IsRegular():
			return nil
		}
		name, err := filepath.Rel(ourTree, path)
		if err != nil {
			return err
		}
		return addFile(archive, ourModule+"@"+ourVersion+"/"+filepath.ToSlash(name), path)
	})
	if err == nil {
		err = archive.Close()
	}
	return []byte(content.String()), err
})

// skip says which directories a release has not: what git does not have, and other modules
// (https://go.dev/ref/mod#zip-files).
func skip(dir string) error {
	if dir == ourTree {
		return nil
	}
	name := filepath.Base(dir)
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	if err == nil || strings.HasPrefix(name, ".") || name == "bin" || name == "dist" || name == "node_modules" {
		return fs.SkipDir
	}
	return nil
}

func addFile(archive *zip.Writer, name, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	w, err := archive.Create(name)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, file)
	return err
}

// writeProxy writes what a module proxy says of this tree (https://go.dev/ref/mod#goproxy-protocol).
func writeProxy(t *testing.T, dir string) {
	t.Helper()
	content, err := moduleZip()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"list":               ourVersion + "\n",
		ourVersion + ".info": `{"Version":"` + ourVersion + `"}`,
		ourVersion + ".mod":  readFile(t, filepath.Join(ourTree, "go.mod")),
		ourVersion + ".zip":  string(content),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func goEnv(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.Command("go", "env", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// privateDir returns a new directory that nobody else can write to, as plugins want it.
func privateDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "sesame")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}
