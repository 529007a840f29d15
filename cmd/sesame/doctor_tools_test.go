package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sesame-auth/sesame/core"
	"github.com/sesame-auth/sesame/core/routes"
)

// newTooled is a checkup of somebody with a home, a folder of programs on PATH, and one route, to https://a.test.
func newTooled(t *testing.T) *checkup {
	t.Helper()
	home := realPath(t.TempDir())
	bin := filepath.Join(home, "bin")
	for _, name := range fronts {
		write(t, filepath.Join(bin, name+extension), "", 0o700)
	}
	pattern, err := routes.ParsePattern("https://a.test")
	if err != nil {
		t.Fatal(err)
	}
	table, err := routes.Open(routes.Compile(routes.Config{Routes: []routes.Route{{Pattern: pattern, Provider: "static"}}}))
	if err != nil {
		t.Fatal(err)
	}
	variables := map[string]string{homeVariable: home, "PATH": bin}
	getenv := func(name string) string { return variables[name] }
	return &checkup{
		ctx: t.Context(), cwd: home, folder: bin, getenv: getenv,
		d: &core.Dispatcher{Finder: core.Finder{Routes: table, Getenv: getenv}},
	}
}

func write(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	err := os.MkdirAll(filepath.Dir(path), 0o700)
	if err == nil {
		err = os.WriteFile(path, []byte(text), mode)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// wantFindings fails the test if there is not one finding for each "STATUS words", in their order.
func wantFindings(t *testing.T, found []finding, want ...string) {
	t.Helper()
	got := states(found)
	ok := len(got) == len(want)
	for i := range min(len(got), len(want)) {
		status, words, _ := strings.Cut(want[i], " ")
		ok = ok && strings.HasPrefix(got[i], status+" ") && strings.Contains(got[i], words)
	}
	if !ok {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
}

func TestDockerIsToldWhatItCalls(t *testing.T) {
	for _, row := range []struct {
		name, config string
		want         []string
	}{
		{"nothing", `{"auths":{"a.test":{"auth":"aHVzaA=="}}}`, []string{"ok does not name sesame"}},
		{"no JSON", `{"auths":{"a.test":{"auth":"aHVzaA=="}}`, []string{"fault config.json: is not what docker can read"}},
		{"every registry", `{"credsStore":"sesame"}`, []string{"ok every registry"}},
		{"one", `{"credHelpers":{"a.test":"sesame","b.test":"other"}}`, []string{"ok ask sesame for a.test"}},
		{"one without a route", `{"credHelpers":{"b.test":"sesame"}}`, []string{"warning https://b.test, which no route serves", "ok"}},
		{"a URL", `{"credHelpers":{"https://a.test/v2":"sesame"}}`, []string{"warning never asks for https://a.test/v2", "ok"}},
		{"Docker Hub by another name", `{"credHelpers":{"docker.io":"sesame"}}`, []string{"warning another name than docker.io", "ok"}},
		{"Docker Hub", `{"credHelpers":{"https://index.docker.io/v1/":"sesame"}}`, []string{"warning which no route serves", "ok"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := newTooled(t)
			write(t, filepath.Join(c.cwd, ".docker", "config.json"), row.config, 0o600)
			found := checkDocker(c)
			wantFindings(t, found, row.want...)
			if strings.Contains(strings.Join(states(found), " "), "aHVzaA") {
				t.Error("a password is told")
			}
		})
	}
	c := newTooled(t)
	wantFindings(t, checkDocker(c), "ok there is no ")
	write(t, filepath.Join(c.cwd, ".docker", "config.json"), `{"credsStore":"sesame"}`, 0o600)
	if err := os.Remove(filepath.Join(c.folder, "docker-credential-sesame"+extension)); err != nil {
		t.Fatal(err)
	}
	wantFindings(t, checkDocker(c), "fault not on PATH", "ok")
}
