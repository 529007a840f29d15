//go:build linux

package oidc

import (
	"bufio"
	"context"
	"io"
	"strings"
	"sync"
	"testing"
	"time"
)

// The options of the route for each way of logging in. An OpenID server gives a refresh token only to
// who has asked the person for consent (OpenID Connect Core 1.0, section 11).
func byDevice(*server) []string {
	return []string{`grant = "device"`, `client_id = "sesame"`, `scopes = ["openid", "offline_access"]`}
}

func byBrowser(*server) []string {
	return []string{`grant = "browser"`, `client_id = "sesame"`, `scopes = ["openid", "offline_access"]`}
}

// login runs "sesame login" in a process of its own, and has visit open the page that it prints.
func (h *house) login(visit func(ctx context.Context, page string)) {
	h.t.Helper()
	command := h.command("sesame", "login", "https://"+host)
	printed, err := command.StderrPipe()
	if err != nil {
		h.t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		h.t.Fatal(err)
	}
	seen := h.follow(printed, "open this page in a browser: ", visit)
	if err := command.Wait(); err != nil {
		h.t.Fatalf("sesame login: %v\n%s", err, seen)
	}
}

// follow reads what a login prints up to its end, and has the page visited that a line names after begin.
func (h *house) follow(printed io.Reader, begin string, visit func(ctx context.Context, page string)) (seen string) {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), patience)
	defer cancel()
	var visits sync.WaitGroup
	for lines := bufio.NewScanner(printed); lines.Scan(); {
		seen += lines.Text() + "\n"
		if page, ok := strings.CutPrefix(strings.TrimRight(lines.Text(), "\r"), begin); ok {
			visits.Go(func() { visit(ctx, page) })
		}
	}
	cancel()
	visits.Wait()
	if strings.Contains(seen, "no refresh token") {
		h.t.Errorf("the login got no refresh token:\n%s", seen)
	}
	return seen
}

// What a person does once must serve every tool, at a server whose makers never heard of this program: its
// strictness is not of our own making.
func TestOneLoginServesEveryTool(t *testing.T) {
	for _, row := range []struct {
		name, grant string
		options     func(*server) []string
		login       func(*house)
	}{
		{"on another device", "urn:ietf:params:oauth:grant-type:device_code", byDevice, func(h *house) {
			h.login(newPerson(h.t).visit)
		}},
		{"in a real browser", "authorization_code", byBrowser, func(h *house) {
			h.loginAtTerminal(startChromium(h.t))
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t, time.Hour)
			h := newHouse(t, s, row.options(s)...)
			row.login(h)
			h.wantServed()
			s.wantSeen(map[string]int{row.grant: 1, "refresh_token": 0, "invalid_grant": 0})
			h.wantLogout()
		})
	}
}

// wantLogout fails the test unless the server knows nothing of the login any more after a logout.
func (h *house) wantLogout() {
	h.t.Helper()
	header := tools[0].header(h.must(tools[0].request, tools[0].front, "get"))
	h.must("", "sesame", "logout", "https://"+host)
	if h.server.accepts(header) {
		h.t.Error("the server accepts the token after the logout")
	}
	h.server.wantSeen(map[string]int{"revoked": 1})
	front := h.command(tools[0].front, "get")
	front.Stdin = strings.NewReader(tools[0].request)
	if out, err := front.CombinedOutput(); err == nil || !strings.Contains(string(out), "sesame login https://"+host) {
		h.t.Errorf("after the logout: %v: %s; want an error that says what to type", err, out)
	}
}

// A build machine has no person: its client's own secret, whose characters must be encoded twice on the way
// (RFC 6749, section 2.3.1).
func TestClientsOwnSecretServesEveryTool(t *testing.T) {
	t.Parallel()
	s := newServer(t, time.Hour)
	h := newHouse(t, s, `grant = "client_credentials"`, `client_id = "ci"`, `client_secret_variable = "CI_SECRET"`)
	h.env = append(h.env, "CI_SECRET=a secret: 100%+")
	h.wantServed()
	s.wantSeen(map[string]int{"client_credentials": 1, "invalid_client": 0})
}
