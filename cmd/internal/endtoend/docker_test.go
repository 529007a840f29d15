package endtoend_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/sesame-auth/sesame/cmd/internal/programs"
)

// registrySandbox is a sandbox whose route has the registry's token, in the file that is
// returned.
func registrySandbox(t *testing.T, r *registry) (s *sandbox, secretFile string) {
	t.Helper()
	s = newSandbox(t)
	return s, s.staticRoute("http://"+r.host, registryUser, registryToken)
}

// askForAll has docker ask sesame for every registry, askFor for this one alone.
func askForAll(s *sandbox) { s.write(".docker/config.json", `{"credsStore":"sesame"}`) }

func askFor(s *sandbox, host string) {
	s.write(".docker/config.json", `{"credHelpers":{"`+host+`":"sesame"}}`)
}

// The main job for docker. Without a token the registry refuses, so the manifest proves
// that sesame was asked and believed.
func TestDockerReadsThroughSesame(t *testing.T) {
	t.Parallel()
	programs.Need(t, "docker", "docker-cli (before Debian 13: docker.io)")
	r := startRegistry(t)
	s, secretFile := registrySandbox(t, r)
	inspect := []string{"manifest", "inspect", "--insecure", r.host + "/tiny"}
	if answer := s.run("", "docker", inspect...); answer.code == 0 {
		t.Fatal("the registry serves those who have no token, so this test would prove nothing")
	}
	for name, configure := range map[string]func(){
		"credsStore":  func() { askForAll(s) },
		"credHelpers": func() { askFor(s, r.host) },
	} {
		configure()
		answer := s.run("", "docker", inspect...)
		var manifest struct{ SchemaVersion int }
		if err := json.Unmarshal([]byte(answer.stdout), &manifest); err != nil || manifest.SchemaVersion != 2 {
			t.Errorf("%s: docker manifest inspect: exit %d: %s%s", name, answer.code, answer.stdout, answer.stderr)
		}
	}
	writeFile(t, secretFile, []byte("another-token"))
	if answer := s.run("", "docker", inspect...); answer.code == 0 {
		t.Error("docker read the manifest with a token that is not good")
	}
}

// Skopeo stands for podman and buildah, which read registries with the same code.
func TestSkopeoReadsThroughSesame(t *testing.T) {
	t.Parallel()
	programs.Need(t, "skopeo", "skopeo")
	r := startRegistry(t)
	s, _ := registrySandbox(t, r)
	list := []string{"list-tags", "--tls-verify=false", "docker://" + r.host + "/tiny"}
	if answer := s.run("", "skopeo", list...); answer.code == 0 {
		t.Fatal("the registry serves those who have no token, so this test would prove nothing")
	}
	askFor(s, r.host)
	var tags struct{ Tags []string }
	if err := json.Unmarshal([]byte(s.must("skopeo", list...)), &tags); err != nil || len(tags.Tags) != 1 {
		t.Errorf("skopeo list-tags: %v, %v; want the one tag", tags.Tags, err)
	}
	out := s.must("skopeo", "inspect", "--raw", "--tls-verify=false", "docker://"+r.host+"/tiny")
	if !strings.Contains(out, `"schemaVersion"`) {
		t.Errorf("skopeo inspect: %s", out)
	}
}

// Docker logout ends with a warning if a single name cannot be erased. That the token is
// not handed out again shows that docker asked for it.
func TestDockerLogoutForgetsTheToken(t *testing.T) {
	t.Parallel()
	programs.Need(t, "docker", "docker-cli (before Debian 13: docker.io)")
	s := newSandbox(t)
	const host = "127.0.0.1:9"
	s.staticRoute("http://"+host, registryUser, registryToken)
	askFor(s, host)
	if out := s.must("sesame", "token", "http://"+host); out != registryToken+"\n" {
		t.Fatalf("before: %q", out)
	}
	logout := s.run("", "docker", "logout", host)
	if logout.code != 0 || strings.Contains(logout.stderr, "WARNING") {
		t.Errorf("docker logout: exit %d: %s%s", logout.code, logout.stdout, logout.stderr)
	}
	answer := s.run(host, "docker-credential-sesame", "get")
	if answer.code != 1 || strings.Contains(answer.stdout, registryToken) || !strings.Contains(answer.stdout, "refused") {
		t.Errorf("after: exit %d: %s", answer.code, answer.stdout)
	}
}

// Debian 12's skopeo calls itself without end, until its memory is gone, when a program
// that it asks to erase fails.
func TestSkopeoLogoutEnds(t *testing.T) {
	t.Parallel()
	programs.Need(t, "skopeo", "skopeo")
	s := newSandbox(t)
	const host = "127.0.0.1:9"
	askFor(s, host)
	for _, configuration := range []string{
		"", // no route: nothing to forget
		"[[route]]\nmatch = \"http://" + host + "\"\nprovider = \"static\"\noptions = { secret = \"x\" }\n",
		"this is no TOML",
	} {
		s.configure(configuration)
		if answer := s.run("", "skopeo", "logout", host); answer.code != 0 {
			t.Errorf("configuration %q: skopeo logout: exit %d: %.300s", configuration, answer.code, answer.stderr)
		}
	}
}

// A login that seems to succeed, and is not kept, sends people on a long search.
func TestDockerLoginIsToldThatTokensAreNotStored(t *testing.T) {
	t.Parallel()
	programs.Need(t, "docker", "docker-cli (before Debian 13: docker.io)")
	r := startRegistry(t)
	s, _ := registrySandbox(t, r)
	askFor(s, r.host)
	login := s.run(registryToken, "docker", "login", "-u", registryUser, "--password-stdin", r.host)
	if login.code == 0 || !strings.Contains(login.stderr, "cannot be stored") {
		t.Errorf("docker login: exit %d: %s%s", login.code, login.stdout, login.stderr)
	}
	if strings.Contains(login.stdout+login.stderr, registryToken) {
		t.Error("the message holds the token")
	}
}
