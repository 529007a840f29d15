//go:build linux

package oidc

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

const (
	// host is what the tokens are for. Nobody ever speaks to it.
	host = "registry.test"
	// patience is how long a program may run, a login with its person included. No test expects to wait for it.
	patience = time.Minute
)

// A house is a home directory and an environment of its own, with a route to a server.
type house struct {
	t      *testing.T
	server *server
	home   string
	env    []string
}

// newHouse configures a route for the host with these options beside the issuer.
func newHouse(t *testing.T, s *server, options ...string) *house {
	t.Helper()
	home, err := os.MkdirTemp("", "oidc-") // short: a plugin's socket is in it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(home) })
	h := &house{t: t, server: s, home: home, env: []string{
		"HOME=" + home, "TMPDIR=" + home, "PATH=" + filepath.Join(home, "bin") + ":/usr/bin:/bin",
	}}
	h.write(".config/sesame/config.toml", fmt.Sprintf("[[route]]\nmatch = %q\nprovider = \"oauth2\"\n\n[route.options]\nissuer = %q\n%s\n",
		"https://"+host, s.issuer, strings.Join(options, "\n")))
	return h
}

// write writes a file in the home directory, owner-only, and returns its path.
func (h *house) write(name, content string) string {
	h.t.Helper()
	path := filepath.Join(h.home, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		h.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		h.t.Fatal(err)
	}
	return path
}

// command returns one of the programs, not yet started.
func (h *house) command(program string, args ...string) *exec.Cmd {
	ctx, cancel := context.WithTimeout(h.t.Context(), patience)
	h.t.Cleanup(cancel)
	command := exec.CommandContext(ctx, filepath.Join(bin, program), args...)
	command.Env, command.Dir = h.env, h.home
	return command
}

// must runs one of the programs, which has to succeed and to complain of nothing.
func (h *house) must(input, program string, args ...string) (stdout string) {
	h.t.Helper()
	command := h.command(program, args...)
	var out, complaint bytes.Buffer
	command.Stdin, command.Stdout, command.Stderr = strings.NewReader(input), &out, &complaint
	if err := command.Run(); err != nil || complaint.Len() > 0 {
		h.t.Fatalf("%s %s: %v: %s%s", program, strings.Join(args, " "), err, out.String(), complaint.String())
	}
	return out.String()
}

// A tool asks in the bytes of the real program. Its answer becomes the header that the tool would send.
type tool struct {
	name, front, request string
	header               func(stdout string) string
}

var tools = []tool{
	{"bazel", "bazel-credential-sesame", `{"uri":"https://` + host + `/a"}`, func(stdout string) string {
		return submatch(`"Authorization":\["([^"]*)"\]`, stdout)
	}},
	{"git", "git-credential-sesame", "capability[]=authtype\ncapability[]=state\nprotocol=https\nhost=" + host + "\n", func(stdout string) string {
		return submatch(`authtype=(.*)`, stdout) + " " + submatch(`credential=(.*)`, stdout)
	}},
	{"docker", "docker-credential-sesame", host, func(stdout string) string {
		login := submatch(`"Username":"([^"]*)"`, stdout) + ":" + submatch(`"Secret":"([^"]*)"`, stdout)
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(login))
	}},
}

func submatch(pattern, text string) string {
	found := regexp.MustCompile(pattern).FindStringSubmatch(text)
	if found == nil {
		return ""
	}
	return found[1]
}

// wantServed fails the test unless the server opens its file for what each tool is answered.
func (h *house) wantServed() {
	h.t.Helper()
	for _, tool := range tools {
		answer := h.must(tool.request, tool.front, "get")
		if header := tool.header(answer); !h.server.accepts(header) {
			h.t.Errorf("%s: the server does not accept what it is answered: %q", tool.name, answer)
		}
	}
}
