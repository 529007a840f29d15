package endtoend_test

import (
	"context"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/docker/docker-credential-helpers/client"
	"github.com/docker/docker-credential-helpers/credentials"
)

// dockers is how docker's own client starts the front in a sandbox. Several goroutines may use it at once.
func dockers(s *sandbox) client.ProgramFunc {
	return func(args ...string) client.Program {
		ctx, cancel := context.WithTimeout(s.t.Context(), patience)
		command := s.command(ctx, "docker-credential-sesame", args...)
		command.Dir = s.home
		return &program{command, cancel}
	}
}

// A program is one call of the front.
type program struct {
	command *exec.Cmd
	cancel  func()
}

func (p *program) Input(in io.Reader) { p.command.Stdin = in }

func (p *program) Output() ([]byte, error) {
	defer p.cancel()
	return p.command.Output()
}

func store(s *sandbox, host, user, secret string) error {
	return client.Store(dockers(s), &credentials.Credentials{ServerURL: host, Username: user, Secret: secret})
}

// Docker, crane and podman all speak through this package. What it stores it must find again, to the letter.
func TestDockersOwnClientIsServedInEveryOperation(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, server, user, secret string }{
		{"a registry", "registry.test:5000", "robot", "secret"},
		{"capitals", "Registry.TEST", "robot", "secret"},
		{"with a scheme", "https://registry.test", "robot", "secret"},
		{"the root of its API", "https://registry.test/v2/", "robot", "secret"},
		{"on this machine", "localhost:5000", "robot", "secret"},
		{"an address", "[::1]:5000", "robot", "secret"},
		{"Docker Hub", "https://index.docker.io/v1/", "robot", "secret"},
		{"a web login's part", "https://index.docker.io/v1/refresh-token", "robot", "a..b"},
		{"an identity token", "registry.test", "<token>", "secret"},
		{"what JSON escapes", "registry.test", "a\"\\<&>\u2028ü", "\"\\<&>\u2028ü "},
		{"the longest secret", "registry.test", "robot", fmt.Sprintf("%060000d", 7)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newSandbox(t)
			keepEverything(s)
			if _, err := client.Get(dockers(s), test.server); !credentials.IsErrCredentialsNotFound(err) {
				t.Errorf("get before: %v", err)
			}
			if err := store(s, test.server, test.user, test.secret); err != nil {
				t.Fatalf("store: %v", err)
			}
			got, err := client.Get(dockers(s), test.server)
			if err != nil || got.Username != test.user || got.Secret != test.secret || got.ServerURL != test.server {
				t.Errorf("get: %+v, %v", got, err)
			}
			if list, err := client.List(dockers(s)); err != nil || len(list) != 1 || list[test.server] != test.user {
				t.Errorf("list: %v, %v", list, err)
			}
			if err := client.Erase(dockers(s), test.server); err != nil {
				t.Errorf("erase: %v", err)
			}
			if _, err := client.Get(dockers(s), test.server); !credentials.IsErrCredentialsNotFound(err) {
				t.Errorf("get after: %v", err)
			}
			if list, err := client.List(dockers(s)); err != nil || len(list) != 0 {
				t.Errorf("list after: %v, %v", list, err)
			}
		})
	}
}

// storeAll stores a password for each of n hosts at once, and wants every one of them back.
func storeAll(s *sandbox, n int) {
	s.t.Helper()
	host := func(i int) string { return fmt.Sprintf("registry%d.test:5000", i) }
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() {
			if err := store(s, host(i), fmt.Sprintf("user%d", i), fmt.Sprintf("secret%d", i)); err != nil {
				s.t.Errorf("store: %v", err)
			}
		})
	}
	group.Wait()
	list, err := client.List(dockers(s))
	if err != nil || len(list) != n {
		s.t.Errorf("list: %d of %d, %v", len(list), n, err)
	}
	for i := range n {
		if want := fmt.Sprintf("user%d", i); list[host(i)] != want {
			s.t.Errorf("list: %s has %q, want %q", host(i), list[host(i)], want)
		}
	}
	for _, i := range []int{0, n / 2, n - 1} {
		if got, err := client.Get(dockers(s), host(i)); err != nil || got.Secret != fmt.Sprintf("secret%d", i) {
			s.t.Errorf("get %s: %v", host(i), err)
		}
	}
}

// A helper that reads a file of all passwords, adds one and writes it loses those that others add meanwhile.
func TestThreeHundredStoresAtOnceAreAllKept(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	keepEverything(s)
	storeAll(s, 300)
}

// The first of all stores also make the folders and compile the configuration: git's own cache lost most of
// eight.
func TestEightFirstStoresAtOnceAreAllKept(t *testing.T) {
	t.Parallel()
	for i := range 10 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			s := newSandbox(t)
			keepEverything(s)
			storeAll(s, 8)
		})
	}
}

// The accounts of one host share a file. Whoever reads it, adds one and writes it loses what others added meanwhile.
func TestEightAccountsOfOneHostAtOnceAreAllKept(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	keepEverything(s)
	const host, accounts = "registry.test", 8
	for round := range 5 {
		var group sync.WaitGroup
		for i := range accounts {
			group.Go(func() {
				if err := store(s, host, fmt.Sprintf("user%d", i), fmt.Sprintf("secret%d of round %d", i, round)); err != nil {
					t.Errorf("store: %v", err)
				}
			})
		}
		group.Wait()
		for i := range accounts {
			r := s.run(fmt.Sprintf("protocol=https\nhost=%s\nusername=user%d\n", host, i), "git-credential-sesame", "get")
			if want := fmt.Sprintf("\npassword=secret%d of round %d\n", i, round); !strings.Contains(r.stdout, want) {
				t.Errorf("round %d: user%d has %q", round, i, r.stdout)
			}
		}
	}
}
