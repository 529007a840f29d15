package setup

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// tree writes files below dir. What is to be run begins with "#!", as a script does, or with "\x7fELF".
func tree(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, 0o700); err != nil {
			t.Fatal(err)
		}
	}
}

// Git starts its own programs by their names, and scripts among them. One that were run without its loader
// would not start, and one that were found elsewhere would be of another git.
func TestLinkedProgramsRunByTheLoaderThatCameWithThem(t *testing.T) {
	t.Parallel()
	work := t.TempDir()
	tree(t, work, map[string]string{
		"root/usr/lib/x-linux-gnu/ld-linux-x.so.2": "#!/bin/sh\necho \"loaded $* in $GIT_EXEC_PATH\"\n",
		"root/usr/lib/git-core/git":                "\x7fELF git",
		"root/usr/lib/git-core/git-submodule":      "#!/bin/sh\necho script\n",
		"root/usr/bin/cargo":                       "\x7fELF cargo",
		"root/usr/bin/crane":                       "#!/bin/sh\necho crane\n",
		"root/usr/bin/oras":                        "#!/bin/sh\n",
		"root/usr/bin/git-lfs":                     "#!/bin/sh\n",
	})
	if err := link(work); err != nil {
		t.Fatal(err)
	}
	lib := "../root/usr/lib/x-linux-gnu"
	run := func(name string, args ...string) string {
		t.Helper()
		out, err := exec.Command(filepath.Join(work, name), args...).CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v: %s", name, err, out)
		}
		return strings.ReplaceAll(strings.TrimSpace(string(out)), work, "")
	}
	for _, test := range []struct{ name, want string }{
		{"git/git", "loaded --library-path /git/" + lib + " --argv0 git /git/../root/usr/lib/git-core/git a b c in /git"},
		{"git/git-submodule", "script"},
		{"cargo/cargo", "loaded --library-path /cargo/" + lib + " --argv0 cargo /cargo/../root/usr/bin/cargo a b c in"},
		{"crane/crane", "crane"},
	} {
		if got := run(test.name, "a b", "c"); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// Packages that cannot run here must not pass for clients.
func TestLinkRefusesPackagesWithoutALoader(t *testing.T) {
	t.Parallel()
	work := t.TempDir()
	tree(t, work, map[string]string{"root/usr/lib/git-core/git": "\x7fELF git"})
	if err := link(work); err == nil || !strings.Contains(err.Error(), "loader") {
		t.Errorf("link: %v", err)
	}
}

// What apt reads names the mirror of this machine and the keys, and every release that a client is from.
func TestAptIsGivenItsOwnFilesAlone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := writeApt(dir, "http://mirror.test/debian"); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]string{
		"sources.list": {"signed-by=" + keyring, " http://mirror.test/debian trixie main", " http://mirror.test/debian forky main"},
		"apt.conf":     {`Dir::State::lists "` + dir + `/lists";`, `Dir::Cache "` + dir + `/cache";`, `Dir::State::status "` + dir + `/status";`},
		"status":       {"Package: perl\nStatus: install ok installed\n"},
	} {
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range want {
			if !strings.Contains(string(content), text) {
				t.Errorf("%s has no %q:\n%s", name, text, content)
			}
		}
	}
}
