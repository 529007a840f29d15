//go:build linux

package oidc

import (
	"bufio"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/cmd/internal/programs"
)

// A server is a process of the authorization server.
type server struct {
	t      *testing.T
	issuer string
}

// newServer starts a server. The token of a login is good for as long as first, in whole seconds; that of
// a refresh for an hour.
func newServer(t *testing.T, first time.Duration) *server {
	t.Helper()
	programs.Need(t, "node", "nodejs")
	dir := modules()
	if dir == "" {
		message := "the authorization server is not installed; type: go run ./cmd/internal/setup/main.go install"
		if os.Getenv("CI") == "true" {
			t.Fatal(message)
		}
		t.Skip(message)
	}
	config := `{"first":` + strconv.Itoa(int(first/time.Second)) + `,"latency":300}`
	node := exec.Command("node", "server/server.mjs", dir, config)
	node.Env = []string{"PATH=" + os.Getenv("PATH")}
	var complaint strings.Builder
	node.Stderr = &complaint
	stdin, err := node.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := node.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := node.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stdin.Close()
		if err := node.Wait(); err != nil || t.Failed() {
			t.Logf("the server ended: %v\n%s", err, complaint.String())
		}
	})
	issuer, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatalf("the server says nothing: %v", err)
	}
	return &server{t: t, issuer: strings.TrimSpace(issuer)}
}

// seen returns what the server has done, by its own events: grants by their names in RFC 6749, refusals by
// theirs, "spent" refresh tokens, "revoked" logins.
func (s *server) seen() map[string]int {
	s.t.Helper()
	response := s.get("/test/seen", "")
	defer response.Body.Close()
	var seen map[string]int
	if err := json.NewDecoder(response.Body).Decode(&seen); err != nil {
		s.t.Fatal(err)
	}
	return seen
}

// wantSeen fails the test unless the server has done each of these so many times.
func (s *server) wantSeen(want map[string]int) {
	s.t.Helper()
	seen := s.seen()
	for what, times := range want {
		if seen[what] != times {
			s.t.Errorf("the server saw %v; want %d times %q", seen, times, what)
		}
	}
}

// accepts reports whether the server opens its file for an Authorization header.
func (s *server) accepts(header string) bool {
	s.t.Helper()
	response := s.get("/test/file", header)
	response.Body.Close()
	return response.StatusCode == http.StatusOK
}

func (s *server) get(path, authorization string) *http.Response {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.issuer+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	if authorization != "" {
		request.Header.Set("Authorization", authorization)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	return response
}
