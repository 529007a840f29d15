package wiring

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sesame-auth/sesame/cmd/internal/programs"
	"github.com/sesame-auth/sesame/protocols"
)

// git runs git in the home directory, as a person would.
func (b *bench) git(stdin string, args ...string) string {
	b.t.Helper()
	programs.Need(b.t, "git", "git")
	command := exec.CommandContext(b.t.Context(), "git", args...)
	command.Dir, command.Stdin = b.home, strings.NewReader(stdin)
	command.Env = append(os.Environ(), "GIT_TERMINAL_PROMPT=0", "GIT_ASKPASS=", "SSH_ASKPASS=")
	out, err := command.CombinedOutput()
	if err != nil {
		b.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// helpers returns the helpers that git has, in its order.
func (b *bench) helpers(key string) []string {
	return strings.Split(strings.TrimSuffix(b.git("", "config", "--get-all", key), "\n"), "\n")
}

// A change of a file that git does not read helps nobody.
func TestTheFileIsTheOneThatGitWrites(t *testing.T) {
	rows := []struct {
		name  string
		env   map[string]string
		files []string // that are there
	}{
		{"none", nil, nil},
		{"own", nil, []string{".gitconfig"}},
		{"XDG", nil, []string{".config/git/config"}},
		{"own and XDG", nil, []string{".gitconfig", ".config/git/config"}},
		{"XDG elsewhere", map[string]string{"XDG_CONFIG_HOME": "/HOME/xdg"}, []string{"xdg/git/config", ".config/git/config"}},
		{"named", map[string]string{"GIT_CONFIG_GLOBAL": "/HOME/named"}, []string{".gitconfig"}},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			b := newBench(t)
			for name, value := range row.env {
				t.Setenv(name, strings.ReplaceAll(value, "/HOME", b.home))
			}
			for _, file := range row.files {
				b.write(file, "[x]\n\ty = z\n", 0o600)
			}
			path, err := globalConfig()
			if err != nil {
				t.Fatal(err)
			}
			b.git("", "config", "--global", "user.name", "me")
			if text, _ := read(t, path); !strings.Contains(text, "name = me") {
				t.Errorf("git did not write %s", path)
			}
		})
	}
}

// Two entries ask twice, and what sesame has not is looked for twice.
func TestSesameIsNamedOnce(t *testing.T) {
	programs.Need(t, "git", "git")
	const ours = "sesame"
	rows := []struct {
		name, text string
		only       bool
		want       []string
	}{
		{"none", "", false, []string{ours}},
		{"another first", "[credential]\n\thelper = cache\n", false, []string{"cache", ours}},
		{"there", "[credential]\n\thelper = sesame\n\thelper = cache\n", false, []string{ours, "cache"}},
		{"there by its path", "[credential]\n\thelper = /opt/git-credential-sesame\n", false, []string{"/opt/git-credential-sesame"}},
		{"there as a command", "[credential]\n\thelper = !'/a b/git-credential-sesame'\n", false, []string{"!'/a b/git-credential-sesame'"}},
		{"cleared after it", "[credential]\n\thelper = sesame\n\thelper =\n", false, []string{ours, "", ours}},
		{"included", "[include]\n\tpath = more\n", false, []string{ours, "cache"}},
		{"only, none", "", true, []string{"", ours}},
		{"only, another first", "[credential]\n\thelper = cache\n", true, []string{"cache", "", ours}},
		{"only, there alone", "[credential]\n\thelper = x\n\thelper =\n\thelper = sesame\n", true, []string{"x", "", ours}},
		{"only, there after another", "[credential]\n\thelper =\n\thelper = x\n\thelper = sesame\n", true, []string{"", "x", ours, "", ours}},
		{"only, there but not cleared", "[credential]\n\thelper = sesame\n", true, []string{ours, "", ours}},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			b := newBench(t)
			b.write("more", "[credential]\n\thelper = sesame\n\thelper = cache\n", 0o600)
			b.write(".gitconfig", row.text, 0o600)
			m := Git{Programs: b.programs, Only: row.only}
			b.change(m)
			b.change(m)
			if got := b.helpers("credential.helper"); !slices.Equal(got, row.want) {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}

func (b *bench) text(name string) string {
	text, _ := read(b.t, filepath.Join(b.home, name))
	return text
}

// A file that git itself does not read is not for us to mend.
func TestGitsOwnComplaintIsToldWithItsLine(t *testing.T) {
	programs.Need(t, "git", "git")
	const text = "[user]\n\tname = me\n[broken\n"
	b := newBench(t)
	b.write(".gitconfig", text, 0o600)
	err := b.setup(Git{Programs: b.programs}).Write(t.Context())
	if err == nil || !strings.Contains(err.Error(), "bad config line 3 in file ") || !strings.HasSuffix(err.Error(), ".gitconfig") {
		t.Errorf("got %v", err)
	}
	if got := b.text(".gitconfig"); got != text {
		t.Errorf("the file is %q", got)
	}
}

// What holds in the repository that a person happens to be in does not hold elsewhere.
func TestTheRepositoryAroundDoesNotCount(t *testing.T) {
	b := newBench(t)
	b.git("", "init", "--quiet", "work")
	b.write("more", "[credential]\n\thelper = sesame\n", 0o600)
	b.write(".gitconfig", "[includeIf \"gitdir:~/work/\"]\n\tpath = more\n", 0o600)
	t.Chdir(filepath.Join(b.home, "work"))
	t.Setenv("GIT_DIR", filepath.Join(b.home, "work", ".git"))
	if out := b.preview(Git{Programs: b.programs}); !strings.Contains(out, "+\thelper = sesame") {
		t.Errorf("got %q", out)
	}
}

// Without the path, a route with one never matches, and nobody sees why.
func TestAPersonIsToldThatGitTellsNoPath(t *testing.T) {
	programs.Need(t, "git", "git")
	rows := []struct {
		name, text string
		git        Git
		told, set  bool
	}{
		{"no such route", "", Git{}, false, false},
		{"a route", "", Git{PathRoutes: []string{"a.test"}}, true, false},
		{"of another host", "", Git{PathRoutes: []string{"a.test"}, Hosts: []string{"b.test"}}, false, false},
		{"of the host", "", Git{PathRoutes: []string{"a.test"}, Hosts: []string{"a.test"}}, true, false},
		{"told already", "[credential]\n\tuseHttpPath\n", Git{PathRoutes: []string{"a.test"}}, false, false},
		{"told for all", "[credential]\n\tuseHttpPath = yes\n", Git{PathRoutes: []string{"a.test"}, Hosts: []string{"a.test"}}, false, false},
		{"wanted", "", Git{PathRoutes: []string{"a.test"}, Paths: true}, false, true},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			b := newBench(t)
			b.write(".gitconfig", row.text, 0o600)
			row.git.Programs = b.programs
			out := b.preview(row.git)
			if told := strings.Contains(strings.Join(b.notes, ""), "add --paths"); told != row.told {
				t.Errorf("told: %v, want %v", told, row.told)
			}
			if set := strings.Contains(out, "+\tuseHttpPath = true"); set != row.set {
				t.Errorf("set: %v, want %v", set, row.set)
			}
		})
	}
}

// The text of a refused URL may have a password in it.
func TestAHostOfGitsIsAURLWithoutAnAccount(t *testing.T) {
	for host, good := range map[string]bool{
		"git.test": true, "https://git.test/team/": true, "http://localhost:8080": true, "https://*.git.test": true,
		"https://[::1]:8443": true, "": false, "https://": false, "https://me:hush@git.test": false, "hush@git.test": false,
		"https://git.test/a b": false, "https://git.test?hush": false, "https://git.test\nx": false, "!hush": false,
	} {
		_, err := Git{Hosts: []string{host}}.Tool()
		if _, usage := errors.AsType[protocols.UsageError](err); usage == good {
			t.Errorf("%q: %v", host, err)
		}
		if err != nil && strings.Contains(err.Error(), "hush") {
			t.Errorf("told the secret: %v", err)
		}
	}
}

// git reads no file of this user then: what is written to another one helps nobody.
func TestAnEmptyNameOfGitsFileIsRefused(t *testing.T) {
	b := newBench(t)
	t.Setenv("GIT_CONFIG_GLOBAL", "")
	if _, err := globalConfig(); err == nil || !strings.Contains(err.Error(), "GIT_CONFIG_GLOBAL is empty") {
		t.Errorf("in %s: got %v", b.home, err)
	}
}
