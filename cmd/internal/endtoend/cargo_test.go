package endtoend_test

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// cargoProject makes a project that depends on a package in a repository of the server, and returns how to
// have cargo fetch that, and the commit that it must find.
func cargoProject(t *testing.T, s *sandbox, server *gitServer, url string) (fetch func() result, commit string) {
	t.Helper()
	cargo := needClient(t, "cargo")
	first(s, cargo)
	seed := subdirectory(t, s.home, "seed")
	manifest := func(name, dependencies string) string {
		return "[package]\nname = \"" + name + "\"\nversion = \"1.0.0\"\nedition = \"2021\"\n[dependencies]\n" + dependencies
	}
	s.write("seed/Cargo.toml", manifest("dependency", ""))
	s.write("seed/src/lib.rs", "")
	s.must("git", "init", "-q", seed)
	s.must("git", "-C", seed, "add", ".")
	s.must("git", "-C", seed, "commit", "-q", "-m", "first")
	s.must("git", "clone", "-q", "--bare", seed, filepath.Join(server.root, "dependency.git"))
	s.write("project/Cargo.toml", manifest("project", `dependency = { git = "`+url+`/dependency.git" }`))
	s.write("project/src/lib.rs", "")
	s.env["CARGO_HOME"], s.env["CARGO_NET_RETRY"] = subdirectory(t, s.home, "cargo"), "0"
	fetch = func() result {
		return s.runIn(filepath.Join(s.home, "project"), strings.NewReader(""), cargo, "generate-lockfile")
	}
	return fetch, strings.TrimSpace(s.must("git", "-C", seed, "rev-parse", "HEAD"))
}

// Cargo asks a helper by rules of its own making: it looks for one only, never stores, and throws the answer
// away where the helper fails. With git-fetch-with-cli it leaves all that to git, which is the only way where the
// server's certificate is from a private authority: cargo's other transport, for which it is told of that, has no passwords.
func TestCargoFetchesADependencyWithAKeptPassword(t *testing.T) {
	t.Parallel()
	t.Run("by itself", func(t *testing.T) {
		t.Parallel()
		server := newGitServer(t, only("me", "password"), nil)
		cargoFetches(t, server, strings.Replace(server.url, "127.0.0.1", "localhost", 1), map[string]string{})
	})
	t.Run("by git", func(t *testing.T) {
		t.Parallel()
		server, authority := newTLSGitServer(t, only("me", "password"))
		cargoFetches(t, server, server.url, map[string]string{
			"CARGO_NET_GIT_FETCH_WITH_CLI": "true", "GIT_SSL_CAINFO": authority,
		})
	})
}

func cargoFetches(t *testing.T, server *gitServer, url string, env map[string]string) {
	t.Helper()
	s := gitSandbox(t)
	keepEverything(s)
	maps.Copy(s.env, env)
	fetch, commit := cargoProject(t, s, server, url)
	if r := fetch(); r.code == 0 {
		t.Fatal("cargo reached the server without a password, so this test would prove nothing")
	}
	checkLogin(s, s.run("password", "sesame", "login", "--username", "me", url))
	if r := fetch(); r.code != 0 {
		t.Fatalf("cargo: exit %d: %s", r.code, r.stderr)
	}
	lock, err := os.ReadFile(filepath.Join(s.home, "project/Cargo.lock"))
	if err != nil || !strings.Contains(string(lock), commit) {
		t.Errorf("Cargo.lock does not name the commit %s: %v", commit, err)
	}
	if _, refused := server.counts(); refused != 0 {
		t.Errorf("%d requests were refused", refused)
	}
}

// Cargo names no host to its helper where that is an address. Any host's password would do for it then, and one
// that some helper found would go to whoever the dependency names.
func TestCargoIsGivenNoPasswordForAnUnnamedHost(t *testing.T) {
	t.Parallel()
	server := newGitServer(t, only("me", "password"), nil)
	s := gitSandbox(t)
	keepEverything(s)
	fetch, _ := cargoProject(t, s, server, server.url)
	for _, url := range []string{server.url, strings.Replace(server.url, "127.0.0.1", "localhost", 1)} {
		checkLogin(s, s.run("password", "sesame", "login", "--username", "me", url))
	}
	if r := fetch(); r.code == 0 {
		t.Error("cargo fetched the dependency, so it names the host now: this test has had its day")
	}
	if served, refused := server.counts(); served+refused != 0 || server.requests() == 0 {
		t.Errorf("%d requests of %d had a password; want none of some", served+refused, server.requests())
	}
}
