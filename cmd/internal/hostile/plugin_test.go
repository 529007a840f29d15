//go:build unix

package hostile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// trap writes a program that leaves a mark when it runs.
func (h *house) trap(name string) (path string, sprung func() bool) {
	h.t.Helper()
	mark := filepath.Join(h.home, filepath.Base(name)+".mark")
	path = h.write(name, "#!/bin/sh\n: > '"+mark+"'\n")
	if err := os.Chmod(path, 0o700); err != nil {
		h.t.Fatal(err)
	}
	return path, func() bool {
		_, err := os.Stat(mark)
		return !errors.Is(err, fs.ErrNotExist)
	}
}

// A pin that is checked and then not what is executed is worth nothing.
func TestPluginThatWasExchangedIsNotRun(t *testing.T) {
	h := newHouse(t)
	path := h.copyProgram(acme(), "plugins/acme")
	h.pluginRoute(path, "")
	evil, sprung := h.trap("plugins/evil")
	if err := os.Rename(evil, path); err != nil {
		t.Fatal(err)
	}
	r := h.ask("https://acme.example.com/")
	r.wantRefusal(t, bazel)
	if sprung() || !strings.Contains(r.stderr, "pins") {
		t.Errorf("run: %v, message %q", sprung(), r.stderr)
	}
}

// The file is exchanged while it is hashed and started, again and again.
func TestPluginThatIsExchangedDuringTheStartIsNotRun(t *testing.T) {
	h := newHouse(t)
	path := h.copyProgram(acme(), "plugins/acme")
	h.pluginRoute(path, "")
	good := h.copyProgram(acme(), "plugins/good")
	evil, sprung := h.trap("plugins/evil")
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			for _, from := range []string{evil, good} {
				select {
				case <-stop:
					return
				default:
				}
				_ = os.Remove(path + ".new")
				_ = os.Link(from, path+".new")
				_ = os.Rename(path+".new", path)
			}
		}
	}()
	for range 20 {
		h.run(bazelRequest("https://acme.example.com/"), "sesame", "--force-refresh", "bazel", "get")
	}
	close(stop)
	<-stopped
	if sprung() {
		t.Error("a file that is not the pinned one was run")
	}
}

// PATH is whatever the tool was started with, and often has a folder of the project.
func TestProgramsOnThePathAreNotRun(t *testing.T) {
	h := newHouse(t)
	h.bin = filepath.Join(h.home, "installed")
	h.copyProgram(filepath.Join(bin, bazel), "installed/"+bazel)
	h.env["PATH"] = filepath.Join(h.home, "path") + ":" + h.work + ":."
	h.env["PYX_AUTH_TOKEN"] = "t"
	var traps []func() bool
	for _, name := range []string{"sesame", "sesame-provider-pyx"} {
		for _, folder := range []string{"path/", "work/"} {
			_, sprung := h.trap(folder + name)
			traps = append(traps, sprung)
		}
	}
	ask := func(missing string) {
		t.Helper()
		r := h.ask("https://api.pyx.dev/")
		r.wantRefusal(t, bazel)
		if !strings.Contains(r.stderr, filepath.Join(h.bin, missing)) {
			t.Errorf("%q does not name the missing program", r.stderr)
		}
		for _, sprung := range traps {
			if sprung() {
				t.Error("a program on the PATH was run")
			}
		}
	}
	ask("sesame")
	h.copyProgram(filepath.Join(bin, "sesame"), "installed/sesame")
	ask("sesame-provider-pyx")
}

// A server's text reaches the terminal through a provider's error (CVE-2026-45803, CVE-2024-50349).
func TestTerminalEscapesInAProvidersErrorAreEscaped(t *testing.T) {
	h := newHouse(t)
	h.pluginRoute(acme(), `behaviour = "fail", text = "one\u001b[2J\u001b]0;owned\u0007\r\ntwo\u009b31m\u202ethree\u2028four"`)
	for name, r := range map[string]result{
		"first":      h.ask("https://acme.example.com/"),
		"remembered": h.ask("https://acme.example.com/"),
		"docker":     h.run("acme.example.com", docker, "get"),
		"git":        h.run("protocol=https\nhost=acme.example.com\n\n", git, "get"),
		"token":      h.run("", "sesame", "token", "https://acme.example.com/"),
	} {
		program := bazel
		if name == "docker" {
			program = docker
		}
		r.wantRefusal(t, program)
		if !strings.Contains(r.stdout+r.stderr, "three") {
			t.Errorf("%s: %q is not the provider's error", name, r.stdout+r.stderr)
		}
	}
	for line := range strings.Lines(h.run("", "sesame", "explain", "https://acme.example.com/").stdout) {
		if line != "\n" { // between its parts
			wantOneLine(t, line)
		}
	}
}
