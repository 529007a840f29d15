package wiring

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sesame-auth/sesame/cmd/internal/programs"
)

// A bench is a home directory with nothing in it, and programs of sesame's that are in the PATH.
type bench struct {
	t        *testing.T
	home     string
	programs string
	out      bytes.Buffer
	notes    []string
}

func newBench(t *testing.T) *bench {
	t.Helper()
	home, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, home: home, programs: filepath.Join(home, "bin")}
	for _, name := range []string{"bazel", "git", "docker"} {
		b.write("bin/"+name+"-credential-sesame"+extension, "#!/bin/sh\n", 0o755)
	}
	for name, value := range map[string]string{
		"HOME": home, "USERPROFILE": home, "XDG_CONFIG_HOME": "", "DOCKER_CONFIG": "", "GIT_CONFIG_GLOBAL": "", "GIT_CONFIG_NOSYSTEM": "1",
		"PATH": b.programs + string(os.PathListSeparator) + os.Getenv("PATH"),
	} {
		t.Setenv(name, value)
	}
	os.Unsetenv("GIT_CONFIG_GLOBAL") // empty, it would be no file at all; t.Setenv puts it back
	return b
}

// write writes a file in the home directory, and returns its path.
func (b *bench) write(name, text string, mode fs.FileMode) string {
	b.t.Helper()
	path := filepath.Join(b.home, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		b.t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		b.t.Fatal(err)
	}
	return path
}

// A maker is a tool before its options are checked.
type maker interface{ Tool() (Tool, error) }

// setup returns the setup of a tool.
func (b *bench) setup(m maker) *Setup {
	b.t.Helper()
	tool, err := m.Tool()
	if err != nil {
		b.t.Fatal(err)
	}
	b.out.Reset()
	b.notes = nil
	return &Setup{
		Tool: tool, State: filepath.Join(b.home, "state"), Out: &b.out,
		Note: func(message string) { b.notes = append(b.notes, message) },
	}
}

func (b *bench) preview(m maker) string {
	b.t.Helper()
	return b.did(b.setup(m).Preview(b.t.Context()))
}

func (b *bench) change(m maker) string {
	b.t.Helper()
	return b.did(b.setup(m).Write(b.t.Context()))
}

func (b *bench) undo(m maker) string {
	b.t.Helper()
	return b.did(b.setup(m).Undo(b.t.Context()))
}

func (b *bench) did(err error) string {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	return b.out.String()
}

// read returns the content of a file, and false if it is not there.
func read(t *testing.T, path string) (string, bool) {
	t.Helper()
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", false
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(text), true
}

// needFor skips a test of git's file where there is no git.
func needFor(t *testing.T, file string) {
	t.Helper()
	if file == ".gitconfig" {
		programs.Need(t, "git", "git")
	}
}

// oddTexts are files that people have, for each tool.
var oddTexts = map[string]map[string]string{
	"docker": {
		"empty":               "",
		"white space":         " \n",
		"empty object":        "{}",
		"empty, spread":       "{\n}\n",
		"one line":            `{"auths": {"r.test": {"auth": "eA=="}}, "x": 1}`,
		"compact":             `{"auths":{},"x":[1,{"y":null}]}`,
		"tabs":                "{\n\t\"auths\": {},\n\t\"unknown\": {\n\t\t\"z\": 1,\n\t\t\"a\": 2\n\t}\n}",
		"four blanks":         "{\n    \"psFormat\": \"table\",\n    \"b\": true\n}\n\n",
		"CRLF":                "{\r\n  \"b\": 1\r\n}\r\n",
		"escapes":             "{\n  \"\\u0061uths\": {}, \"e\": \"\\ud83d\\ude00\\/\"\n}\n",
		"not UTF-8":           "{\n  \"b\": \"\xff\xfe\"\n}\n",
		"runes next to it":    "{\"é\": \"ö\"}",
		"huge number":         `{"n": 1e999}`,
		"twice the same name": `{"x": 1, "x": 2}`,
		"helpers":             "{\n\t\"credHelpers\": {\n\t\t\"other.test\": \"ecr-login\"\n\t},\n\t\"z\": 0\n}\n",
		"no helpers":          `{"credHelpers": {}, "credsStore": ""}`,
		"null helpers":        `{"credHelpers": null, "credsStore": null}`,
	},
	"bazel": {
		"empty":           "",
		"one line":        "build --config=ci\n",
		"no line end":     "build --config=ci",
		"CRLF":            "# mine\r\nbuild -c opt\r\n",
		"comments":        "# a\n\n  # b  \nbuild --x # c\n\n\n",
		"goes on":         "build \\\n  --x \\\n",
		"goes on, no end": "build \\",
		"goes on, CRLF":   "build --x \\\r\n",
		"BOM":             "\xef\xbb\xbfbuild --x\n",
		"not UTF-8":       "build --x=\xff\n",
		"other scope":     "common --credential_helper=other.test=/bin/other\n",
		"only on demand":  "common:ci --credential_helper=/bin/other\n",
	},
	"git": {
		"empty":         "",
		"one section":   "[user]\n\tname = me\n",
		"no line end":   "[user]\n\tname = me",
		"CRLF":          "[user]\r\n\tname = me\r\n",
		"comments":      "# mine\n[user] ; here\n\tname = me # who\n\n\n[core]\n",
		"BOM":           "\xef\xbb\xbf[user]\n\tname = me\n",
		"empty section": "[credential]\n",
		"other helper":  "[credential]\n\thelper = cache --timeout 5\n[alias]\n\tx = \"!f() { \\\n:; }; f\"\n",
		"inline":        "[credential] helper = cache\n\n[user] name = me\n",
		"not UTF-8":     "[user]\n\tname = \xff\n",
		"no path":       "[credential]\n\tuseHttpPath = false\n",
	},
}

// toolsOf are ways to set up each tool, and where its file is.
func toolsOf(b *bench) map[string]struct {
	file   string
	makers []maker
} {
	return map[string]struct {
		file   string
		makers []maker
	}{
		"docker": {".docker/config.json", []maker{
			Docker{Programs: b.programs},
			Docker{Programs: b.programs, Registries: []string{"a.test", "docker.io", "[::1]:5000"}},
		}},
		"bazel": {".bazelrc", []maker{
			Bazel{Programs: b.programs},
			Bazel{Programs: b.programs, Hosts: []string{"*.Example.test", "localhost"}},
		}},
		"git": {".gitconfig", []maker{
			Git{Programs: b.programs},
			Git{Programs: b.programs, Only: true, Paths: true},
			Git{Programs: b.programs, Hosts: []string{"a.test", "https://b.test/team"}, Only: true, Paths: true},
		}},
	}
}

// A person who tries sesame and goes back must not find a file that an editor shows as changed.
func TestWriteThenUndoLeavesTheSameBytes(t *testing.T) {
	for tool, texts := range oddTexts {
		for name, text := range texts {
			t.Run(tool+"/"+name, func(t *testing.T) {
				b := newBench(t)
				at := toolsOf(b)[tool]
				needFor(t, at.file)
				path := b.write(at.file, text, 0o640)
				for _, m := range at.makers {
					b.roundTrip(m, path, text)
					wantMode(t, path, 0o640)
				}
				// All of them after one another, and one undo for all.
				for _, m := range at.makers {
					b.change(m)
				}
				b.undo(at.makers[0])
				b.undo(at.makers[len(at.makers)-1])
				if got, _ := read(t, path); got != text {
					t.Errorf("after all: got %q, want %q", got, text)
				}
			})
		}
	}
}

// roundTrip previews, writes, writes again, undoes, and undoes again.
func (b *bench) roundTrip(m maker, path, text string) {
	b.t.Helper()
	if out := b.preview(m); !strings.Contains(out, "\n+") || !strings.Contains(out, "to make this change, type: sesame setup ") {
		b.t.Errorf("the preview is %q", out)
	}
	if got, _ := read(b.t, path); got != text {
		b.t.Fatalf("the preview wrote %q", got)
	}
	if out := b.change(m); !strings.Contains(out, "\n+") || !strings.Contains(out, "--undo") {
		b.t.Errorf("write said %q", out)
	}
	once, _ := read(b.t, path)
	if once == text {
		b.t.Fatal("nothing was written")
	}
	if out := b.change(m); !strings.HasPrefix(out, "nothing to change") {
		b.t.Errorf("the second write said %q", out)
	}
	if twice, _ := read(b.t, path); twice != once {
		b.t.Errorf("written twice: %q\nonce: %q", twice, once)
	}
	if out := b.undo(m); !strings.Contains(out, "it is as it was before") {
		b.t.Errorf("undo said %q", out)
	}
	if got, _ := read(b.t, path); got != text {
		b.t.Errorf("after undo: %q, want %q", got, text)
	}
	if out := b.undo(m); !strings.HasPrefix(out, "nothing to undo") {
		b.t.Errorf("the second undo said %q", out)
	}
}

// A file that was not there is not there afterwards, nor its folder; and a file that has something of
// somebody else's by then stays.
func TestAFileThatWasMadeGoesAgain(t *testing.T) {
	for tool := range oddTexts {
		t.Run(tool, func(t *testing.T) {
			b := newBench(t)
			at := toolsOf(b)[tool]
			needFor(t, at.file)
			path := filepath.Join(b.home, at.file)
			for _, m := range at.makers {
				if out := b.change(m); !strings.HasPrefix(out, "--- /dev/null\n") {
					t.Errorf("write said %q", out)
				}
				if tool == "docker" {
					wantMode(t, path, 0o600)
					wantMode(t, filepath.Dir(path), fs.ModeDir|0o700)
				}
				if out := b.undo(m); !strings.Contains(out, "removed "+path) {
					t.Errorf("undo said %q", out)
				}
				if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
					t.Errorf("%s is still there", path)
				}
			}
			if _, err := os.Lstat(filepath.Dir(path)); tool == "docker" && err == nil {
				t.Error("the folder is still there")
			}
		})
	}
	b := newBench(t)
	b.change(Docker{Programs: b.programs})
	other := b.write(".docker/contexts", "x", 0o600)
	b.undo(Docker{Programs: b.programs})
	if _, ok := read(t, other); !ok {
		t.Error("a file of docker's in the folder is gone")
	}
}
