//go:build linux

package keyring_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const configuration = `[[route]]
match = "https://registry.example.com"
provider = "static"
store = "keyring"
`

// configure writes sesame's configuration into the session's folder, which is the home.
func (s *session) configure(t *testing.T) {
	t.Helper()
	path := filepath.Join(s.dir, ".config/sesame/config.toml")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(configuration), 0o600); err != nil {
		t.Fatal(err)
	}
}

// run runs a front as its tool does, and returns what it prints.
func (s *session) run(t *testing.T, stdin, front, operation string) (stdout, stderr string, err error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), filepath.Join(bin, front), operation)
	cmd.Env, cmd.Dir = append(s.variables(), "XDG_STATE_HOME="+s.dir+"/state"), s.dir
	cmd.Stdin = strings.NewReader(stdin)
	var out, errors bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errors
	err = cmd.Run()
	return out.String(), errors.String(), err
}

const (
	docker = "docker-credential-sesame"
	git    = "git-credential-sesame"
	entry  = `{"ServerURL":"registry.example.com","Username":"ann","Secret":"` + secret + `"}`
	asked  = "protocol=https\nhost=registry.example.com\n\n"
)

// A person logs in with one tool, and every tool of the session has the password; the disk does not.
func TestWhatOneToolKeepsInTheKeyringAnotherGets(t *testing.T) {
	s := newSession(t).withKeyring(t)
	s.configure(t)
	if stdout, stderr, err := s.run(t, entry, docker, "store"); err != nil || stdout+stderr != "" {
		t.Fatalf("store: %v, %q, %q", err, stdout, stderr)
	}
	stdout, stderr, err := s.run(t, "registry.example.com", docker, "get")
	if err != nil || !strings.Contains(stdout, `"Secret":"`+secret+`"`) {
		t.Errorf("docker get: %v, %q, %q", err, stdout, stderr)
	}
	if stdout, stderr, err = s.run(t, "", docker, "list"); err != nil || stdout != `{"registry.example.com":"ann"}`+"\n" {
		t.Errorf("docker list: %v, %q, %q", err, stdout, stderr)
	}
	stdout, stderr, err = s.run(t, asked, git, "get")
	if err != nil || !strings.Contains(stdout, "username=ann\npassword="+secret+"\n") {
		t.Errorf("git get: %v, %q, %q", err, stdout, stderr)
	}
	if _, stderr, err = s.run(t, "registry.example.com", docker, "erase"); err != nil || stderr != "" {
		t.Errorf("docker erase: %v, %q", err, stderr)
	}
	if stdout, _, _ = s.run(t, asked, git, "get"); strings.Contains(stdout, "password=") {
		t.Errorf("after the erase git gets %q", stdout)
	}
	checkNoFile(t, s.dir)
}

// A tool that cannot have its password must say why: "not found" makes a person log in again, and
// a password that is quietly kept in a file is one that nobody knows of.
func TestToolsAreToldWhyTheKeyringDoesNotServe(t *testing.T) {
	locked := newSession(t).withKeyring(t)
	locked.configure(t)
	if _, stderr, err := locked.run(t, entry, docker, "store"); err != nil {
		t.Fatal(err, stderr)
	}
	locked.lock(t)
	absent, slow := newSession(t), newSession(t)
	absent.configure(t)
	slow.configure(t)
	slow.serveNothing(t)
	for _, row := range []struct {
		name, mention string
		session       *session
	}{
		{"locked", "the keyring is locked", locked}, {"absent", "there is no keyring", absent},
		{"slow", "the keyring did not answer", slow},
	} {
		for _, operation := range []string{"get", "store"} {
			t.Run(row.name+"/"+operation, func(t *testing.T) {
				t.Parallel()
				input := map[string]string{"get": "registry.example.com", "store": entry}[operation]
				stdout, stderr, err := row.session.run(t, input, docker, operation)
				if err == nil || !strings.Contains(stdout+stderr, row.mention) {
					t.Errorf("%v, %q, %q: want an error that mentions %q", err, stdout, stderr, row.mention)
				}
				checkNoFile(t, row.session.dir)
			})
		}
	}
}
