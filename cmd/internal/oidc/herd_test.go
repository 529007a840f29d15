//go:build linux

package oidc

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// The whole promise at once: a token that has ended, a refresh token that is good for once, and as many tools
// of every kind as a build machine starts. A second refresh would cost the login.
func TestThousandFrontsOnAnExpiredTokenMakeOneRefresh(t *testing.T) {
	const life = 2 * time.Second
	s := newServer(t, life)
	h := newHouse(t, s, byBrowser(s)...)
	h.login(newPerson(t).visit)
	time.Sleep(life) // from the end of the login, and the token is older
	headers := h.askAtOnce(1000)
	distinct := map[string]bool{}
	for _, header := range headers {
		distinct[header] = true
	}
	if len(distinct) != 2 { // docker's is a password
		t.Errorf("%d different headers, want one for bazel and git, and one for docker", len(distinct))
	}
	for header := range distinct {
		if !s.accepts(header) {
			t.Errorf("the server does not accept %q", header)
		}
	}
	s.wantSeen(map[string]int{"refresh_token": 1, "spent": 1, "invalid_grant": 0, "revoked": 0})
	h.wantRotation(2)
}

// askAtOnce starts n fronts, the kinds in turn, and returns the header that each answer makes. A request is
// a file: a pipe would wait for this process, which is busy.
func (h *house) askAtOnce(n int) []string {
	h.t.Helper()
	for _, tool := range tools {
		h.write(tool.name, tool.request)
	}
	headers := make([]string, n)
	var group sync.WaitGroup
	for i := range n {
		tool := tools[i%len(tools)]
		var out, complaint strings.Builder
		front := h.command(tool.front, "get")
		front.Stdout, front.Stderr = &out, &complaint
		h.start(front, tool.name)
		group.Go(func() {
			if err := front.Wait(); err != nil || complaint.Len() > 0 {
				h.t.Errorf("front %d of %s: %v: %s", i, tool.name, err, complaint.String())
			}
			headers[i] = tool.header(out.String())
		})
	}
	group.Wait()
	return headers
}

// start starts a program whose stdin is a file of the home directory.
func (h *house) start(command *exec.Cmd, input string) {
	h.t.Helper()
	stdin, err := os.Open(filepath.Join(h.home, input))
	if err != nil {
		h.t.Fatal(err)
	}
	defer stdin.Close()
	command.Stdin = stdin
	if err := command.Start(); err != nil {
		h.t.Fatal(err)
	}
}

// wantRotation refreshes as often as that, one after the other: each refresh token that the server gave
// must have been kept, or the next one fails.
func (h *house) wantRotation(times int) {
	h.t.Helper()
	before := h.server.seen()["spent"]
	for range times {
		header := tools[0].header(h.must(tools[0].request, "sesame", "--force-refresh", "bazel", "get"))
		if !h.server.accepts(header) {
			h.t.Errorf("the server does not accept %q", header)
		}
	}
	h.server.wantSeen(map[string]int{"refresh_token": before + times, "spent": before + times, "invalid_grant": 0, "revoked": 0})
}
