package endtoend_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/docker/docker-credential-helpers/client"

	"github.com/sesame-auth/sesame/cmd/internal/programs"
)

// A registryTool is a program that reads registries with what docker's configuration says. Its command
// lines have HOST for the registry and USER for the account; a login has the password on stdin.
type registryTool struct {
	name                string
	path                func(t *testing.T) string
	login, read, logout string
	all                 bool // it asks for every registry (credsStore), not only for those that are named
}

func onPath(program, debianPackage string) func(t *testing.T) string {
	return func(t *testing.T) string {
		t.Helper()
		programs.Need(t, program, debianPackage)
		return program
	}
}

func unpacked(name string) func(t *testing.T) string {
	return func(t *testing.T) string {
		t.Helper()
		return needClient(t, name)
	}
}

var registryTools = []registryTool{
	{"docker", onPath("docker", "docker-cli (before Debian 13: docker.io)"),
		"login -u USER --password-stdin HOST", "manifest inspect --insecure HOST/tiny", "logout HOST", true},
	{"skopeo", onPath("skopeo", "skopeo"), "login -u USER --password-stdin --tls-verify=false HOST",
		"inspect --raw --tls-verify=false docker://HOST/tiny", "logout HOST", false},
	{"crane", unpacked("crane"), "auth login -u USER --password-stdin HOST", "manifest HOST/tiny", "auth logout HOST", true},
	{"oras", unpacked("oras"), "login -u USER --password-stdin --plain-http HOST",
		"manifest fetch --plain-http HOST/tiny:latest", "logout HOST", true},
}

// run runs one of the tool's command lines, with docker's configuration as it needs it.
func (tool registryTool) run(s *sandbox, host, input, line, user string) result {
	s.t.Helper()
	path := tool.path(s.t)
	if tool.all {
		askForAll(s)
	} else {
		askFor(s, host)
	}
	return s.run(input, path, strings.Fields(strings.NewReplacer("HOST", host, "USER", user).Replace(line))...)
}

func (tool registryTool) reads(s *sandbox, host string) bool {
	s.t.Helper()
	r := tool.run(s, host, "", tool.read, "")
	return r.code == 0 && strings.Contains(r.stdout, `"schemaVersion"`)
}

func (tool registryTool) mustLogIn(s *sandbox, host, user, token string) {
	s.t.Helper()
	if r := tool.run(s, host, token, tool.login, user); r.code != 0 {
		s.t.Fatalf("%s login: exit %d: %s%s", tool.name, r.code, r.stdout, r.stderr)
	}
	content, err := os.ReadFile(filepath.Join(s.home, ".docker/config.json"))
	if err != nil || strings.Contains(string(content), `"auth":`) {
		s.t.Errorf("%s login kept the password in docker's configuration, too: %v", tool.name, err)
	}
}

// mustLogOut logs out, which some tools do with a warning where a single name cannot be erased.
func (tool registryTool) mustLogOut(s *sandbox, host string) {
	s.t.Helper()
	if r := tool.run(s, host, "", tool.logout, ""); r.code != 0 || strings.Contains(r.stderr, "WARNING") {
		s.t.Errorf("%s logout: exit %d: %s%s", tool.name, r.code, r.stdout, r.stderr)
	}
}

// People log in with one tool and use another. A login with any of them serves all, and a logout with any of them
// leaves nothing behind.
func TestALoginWithOneToolServesThemAllUntilALogout(t *testing.T) {
	t.Parallel()
	registry := startRegistry(t)
	for i, tool := range registryTools {
		t.Run(tool.name, func(t *testing.T) {
			t.Parallel()
			tool.path(t)
			s := newSandbox(t)
			keepEverything(s)
			if tool.reads(s, registry.host) {
				t.Fatal("the registry serves those who have no token, so this test would prove nothing")
			}
			tool.mustLogIn(s, registry.host, registryUser, registryToken)
			for _, other := range registryTools {
				if !other.reads(s, registry.host) {
					t.Errorf("%s cannot read after a login with %s", other.name, tool.name)
				}
			}
			wantList(s, `{"`+registry.host+`":"robot"}`)
			last := registryTools[(i+1)%len(registryTools)]
			last.mustLogOut(s, registry.host)
			for _, other := range registryTools {
				if other.reads(s, registry.host) {
					t.Errorf("%s can read after a logout with %s", other.name, last.name)
				}
			}
			wantNothingKept(s, registryToken)
		})
	}
}

// wantList wants docker's list of accounts.
func wantList(s *sandbox, want string) {
	s.t.Helper()
	if r := s.run("", "docker-credential-sesame", "list"); r.code != 0 || r.stdout != want+"\n" {
		s.t.Errorf("list: exit %d: %s, want %s", r.code, r.stdout, want)
	}
}

// wantNothingKept wants no account, and no file that still has a password in it.
func wantNothingKept(s *sandbox, secrets ...string) {
	s.t.Helper()
	wantList(s, "{}")
	err := filepath.WalkDir(filepath.Join(s.home), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		for _, secret := range secrets {
			if strings.Contains(string(content), secret) {
				s.t.Errorf("%s still holds the password", path)
			}
		}
		return err
	})
	if err != nil {
		s.t.Error(err)
	}
}

// A second account takes the place of the first, as it does in docker's own store: docker cannot name the
// one that it wants. A logout must not uncover the first again.
func TestASecondAccountOfARegistryIsTheOneInUse(t *testing.T) {
	t.Parallel()
	registry := startRegistry(t)
	for _, tool := range registryTools {
		t.Run(tool.name, func(t *testing.T) {
			t.Parallel()
			tool.path(t)
			s := newSandbox(t)
			keepEverything(s)
			for _, account := range [][2]string{
				{registryUser, registryToken}, {secondUser, secondToken}, {registryUser, registryToken}, {secondUser, secondToken},
			} {
				tool.mustLogIn(s, registry.host, account[0], account[1])
				wantList(s, `{"`+registry.host+`":"`+account[0]+`"}`)
				if got, err := client.Get(dockers(s), registry.host); err != nil || got.Username != account[0] || got.Secret != account[1] {
					t.Errorf("after a login as %s: %v, %v", account[0], got, err)
				}
				if !tool.reads(s, registry.host) {
					t.Errorf("%s cannot read as %s", tool.name, account[0])
				}
			}
			tool.mustLogOut(s, registry.host)
			if tool.reads(s, registry.host) {
				t.Errorf("%s can read after a logout", tool.name)
			}
			wantNothingKept(s, registryToken, secondToken)
		})
	}
}

// A registry's refusal at the login must not cost the password that is kept, nor keep the wrong one.
func TestALoginThatTheRegistryRefusesChangesNothing(t *testing.T) {
	t.Parallel()
	registry := startRegistry(t)
	for _, tool := range registryTools {
		if tool.name == "crane" {
			continue // it does not ask the registry
		}
		t.Run(tool.name, func(t *testing.T) {
			t.Parallel()
			tool.path(t)
			s := newSandbox(t)
			keepEverything(s)
			tool.mustLogIn(s, registry.host, registryUser, registryToken)
			if r := tool.run(s, registry.host, "mistyped", tool.login, registryUser); r.code == 0 {
				t.Errorf("%s login with a wrong password: exit 0", tool.name)
			}
			if !tool.reads(s, registry.host) {
				t.Errorf("%s cannot read after a login that failed", tool.name)
			}
		})
	}
}
