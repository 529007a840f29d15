//go:build linux

package screens

import (
	"context"
	"testing"

	"github.com/sesame-auth/sesame/providers/oauth2/oauth2test"
)

// lived returns a house in which much is configured, and something is wrong with most of it.
func lived(t *testing.T) *House {
	t.Helper()
	h := newHouse(t)
	h.Env = append(h.Env, "SESAME_TOKEN_ENV_EXAMPLE_COM="+secret)
	configuration := h.Device() + `
[[route]]
match = "*.kept.example.com/a/team/with/a/name/that/is/longer/than/others"
provider = "static"

[[route]]
match = "registry.example.com"
provider = "static"
username = "robot$with-a-long-name-of-its-own"
options = { secret_file = "~/.secrets/registry" }
`
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	err := h.Write(".config/sesame/config.toml", configuration)
	if err == nil {
		err = h.Write(".secrets/registry", secret+"\n")
	}
	if err == nil {
		_, err = h.play(ctx, "chmod 644 ~/.secrets/registry; sesame setup git --write; sesame login https://"+gitHost)
	}
	if err != nil {
		t.Fatal(err)
	}
	h.Issuer.Revoke()
	h.Issuer.FailAlways("/token", oauth2test.Fault{
		Status: 400, Body: `{"error":"invalid_grant","error_description":"Session not active, sign in again"}`,
	})
	if _, err := h.Run(ctx, "sesame forget "+gitHost+"; ! git ls-remote https://"+gitHost+"/team/app"); err != nil {
		t.Fatal(err)
	}
	return h
}

// On a screen that a program has not laid out, words break anywhere, and colours are for one theme only.
func TestScreensAreLegible(t *testing.T) {
	t.Parallel()
	h := lived(t)
	for _, row := range []struct {
		name, script string
		painted      bool
		has          []string
	}{
		{"status", "say sesame status", true, []string{"refused", "absent", "to repair it, type: sesame login https://git.example.com", "chmod 600"}},
		{"explain what fails", "say sesame explain https://git.example.com/team/app", true, []string{"now: fails", "sign in again", "type: sesame login https://git.example.com"}},
		{"explain a file", "say sesame explain registry.example.com", true, []string{"now: fails", "type: chmod 600"}},
		{"explain what works", "say sesame explain https://env.example.com", true, []string{"now: served"}},
		{"explain nothing", "say sesame explain nobody.example.com", true, []string{"now: nothing", "type: sesame config init --match nobody.example.com"}},
		{"explain to git", "say sesame explain --protocol git git.example.com", true, []string{"what git would get", "on stderr sesame: get: token for"}},
		{"explain to Bazel", "say sesame explain --protocol bazel env.example.com", true, []string{`"headers"`}},
		{"doctor", "say sesame doctor", true, []string{"fault routes https://git.example.com", "to repair it", "ok git", "2 faults"}},
		{"mistakes", "say sesame; say sesame nope; say sesame explain; say sesame status --nope; say sesame login env.example.com; " +
			"say sesame config init --match git.example.com --provider static; say sesame token git.example.com; say sesame login nobody.example.com",
			true, []string{`unknown command "nope"`, "has no login", "is in line 1 already", "type: sesame login https://git.example.com", "type: sesame config init"}},
		{"help", "say sesame --help; say sesame login --help; say sesame setup bazel --help; say sesame config init --help", true,
			[]string{"one credential helper", "print the page to open"}},
		{"setup", "say sesame setup bazel; say sesame setup git; say sesame setup docker; say sesame config check", false, []string{"+++ "}},
	} {
		t.Run(row.name, func(t *testing.T) {
			for _, height := range []int{24, 50} {
				v := h.look(t, height, row.script, nil)
				v.fits(t)
				v.isPainted(t, row.painted)
				v.has(t, row.has...)
				v.hides(t, secret)
			}
			plain := h.look(t, 24, row.script, nil, "NO_COLOR=1")
			plain.fits(t)
			plain.isPainted(t, false)
			plain.has(t, row.has...)
			piped := h.look(t, 24, "{ "+row.script+"\n} 2>&1 | cat", nil)
			piped.isPainted(t, false)
		})
	}
}
