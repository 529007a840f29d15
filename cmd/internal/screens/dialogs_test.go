//go:build linux

package screens

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sesame-auth/sesame/cmd/internal/picture"
)

// Whoever stands behind a person who logs in, or scrolls back when that person has gone, must see no secret.
func TestASecretThatIsTypedIsNotShown(t *testing.T) {
	t.Parallel()
	const account, kept = "username (empty for a bare token):", "kept for https://git.example.com/team; to drop it, type: sesame logout https://git.example.com/team"
	for _, row := range []struct {
		name, script string
		steps        []step
		has          string
	}{
		{"for an account", "say sesame login https://git.example.com/team", []step{types(account, "ann"), hidden("secret (it is not shown):", secret)}, kept},
		{"for none", "say sesame login https://git.example.com/team", []step{types(account, ""), hidden("secret (it is not shown):", secret)}, kept},
		{"for one that was named", "say sesame login --username ann https://git.example.com/team", []step{hidden("secret (it is not shown):", secret)}, kept},
		{"below a long path", "say sesame login https://git.example.com/a/team/with/a/name/that/is/longer/than/those/of/others",
			[]step{types(account, "ann"), hidden("secret (it is not shown):", secret)}, "kept for "},
		{"and then nothing", "say sesame login https://git.example.com/team", []step{types(account, "ann"), hidden("secret (it is not shown):", "C-d")}, "sesame: "},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			if err := h.Write(".config/sesame/config.toml", "[[route]]\nmatch = \"*\"\nprovider = \"static\"\n"); err != nil {
				t.Fatal(err)
			}
			// What is there to see is looked at again when a failure, and the status, are on the screen too.
			v := h.look(t, 24, row.script+"; say sesame status; say sesame explain git.example.com/team", row.steps)
			v.fits(t)
			v.hides(t, secret)
			v.isPainted(t, true)
			v.has(t, row.has)
			out, err := h.Run(t.Context(), "sesame token "+strings.Fields(row.script)[len(strings.Fields(row.script))-1])
			if has := row.has != "sesame: "; has != (err == nil && out == secret+"\n") {
				t.Errorf("the token is then %q, %v", out, err)
			}
		})
	}
}

// A code that is not to be found on the screen is one that nobody types.
func TestALoginOnAnotherDevice(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	if err := h.Write(".config/sesame/config.toml", h.Device()); err != nil {
		t.Fatal(err)
	}
	for _, height := range []int{24, 50} {
		v := h.look(t, height, "say sesame login https://git.example.com; say sesame status; say git -c credential.helper=sesame ls-remote https://git.example.com/team/app",
			[]step{confirms})
		v.fits(t)
		v.isPainted(t, true)
		v.has(t, "open this page in a browser: https://sso.example.com/", "logged in; to see the token's state, type: sesame explain https://git.example.com",
			"fresh", "refs/heads/main")
	}
}

// What a newcomer answers becomes a configuration that works, or nothing.
func TestAConfigurationByQuestions(t *testing.T) {
	t.Parallel()
	const urls, provider, account, add = "Which URLs?", "One of these (empty: static):", "For which account (empty: any)?", "Add it (yes or no; empty: yes)?"
	const file = "The file with the secret (empty: keep what is handed in)?"
	for _, row := range []struct {
		name, arguments string
		steps           []step
		has, written    []string
	}{
		{"a file", "", []step{types(urls, "git.example.com/team"), types(provider, ""), types(account, "ann"), types(file, "~/.secrets/git"), types(add, "")},
			[]string{"to give it its token, type: (umask 077;", "type: sesame setup git --write", "type: sesame explain https://git.example.com/team"},
			[]string{"match = 'git.example.com/team'", "username = 'ann'", "provider = 'static'", "options = {secret_file = '~/.secrets/git'}"}},
		{"a login", "", []step{types(urls, "registry.example.com"), types(provider, "oauth2"), types(account, ""), types("One of these:", "device"),
			types("The server's issuer", "https://sso.example.com/realms/of-a-team"), types("The client id", "sesame-of-a-team"), types(add, "y")},
			[]string{"you log in, by a code that you type on any device", "type: sesame login https://registry.example.com"},
			[]string{"provider = 'oauth2'", "[route.options]\n", "client_id = 'sesame-of-a-team'", "grant = 'device'", "issuer = 'https://sso.example.com/realms/of-a-team'"}},
		{"a machine", "", []step{types(urls, "registry.example.com"), types(provider, "oauth2"), types(account, ""), types("One of these:", "client_credentials"),
			types("The server's issuer", "https://sso.example.com"), types("The client id", "ci"), types("The file with the client's secret?", "~/.secrets/ci"), types(add, "yes")},
			[]string{"the client has a secret of its own"}, []string{"client_secret_file = '~/.secrets/ci'"}},
		{"a command", "", []step{types(urls, "registry.example.com"), types(provider, "exec"), types(account, ""), types("The command", "cat /run/token"), types(add, "")},
			nil, []string{"command = ['cat', '/run/token']"}},
		{"every host", "", []step{types(urls, "*"), types(provider, ""), types(add, "YES")},
			[]string{"type: sesame login https://host.example"}, []string{"match = '*'"}},
		{"the rest", " --match git.example.com", []step{types(provider, "env"), types(account, ""), types(add, "")},
			[]string{"git.example.com"}, []string{"provider = 'env'"}},
		{"wrong answers", "", []step{types(urls, "git example"), types("want [scheme://]host", "git.example.com"), types(provider, "nope"), types("want one of static, env", "env"),
			types(account, ""), types(add, "maybe"), types("want yes or no", "")}, nil, []string{"match = 'git.example.com'", "provider = 'env'"}},
		{"options that cannot be", "", []step{types(urls, "git.example.com"), types(provider, "oauth2"), types(account, ""), types("One of these:", "some"), types("want one of device", "device"),
			types("The server's issuer", "sso"), types("The client id", "me"), types("How are they obtained?", "device"), types("The server's issuer", "https://sso.example.com"),
			types("The client id", "you"), types(add, "")}, nil, []string{"issuer = 'https://sso.example.com'", "client_id = 'you'"}},
		{"no", "", []step{types(urls, "git.example.com"), types(provider, "env"), types(account, ""), types(add, "no")}, []string{"nothing was written"}, nil},
		{"nobody answers", "", []step{types(urls, "git.example.com"), {see: provider, keys: []string{"C-d"}}}, []string{"nothing was written, since the last question has no answer"}, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			v := h.look(t, 50, "say sesame config init"+row.arguments, row.steps)
			v.fits(t)
			v.has(t, row.has...)
			written, err := os.ReadFile(filepath.Join(h.Home, ".config/sesame/config.toml"))
			if (err == nil) != (row.written != nil) {
				t.Fatalf("the file: %v\n%s", err, picture.Plain(v.lines))
			}
			for _, text := range row.written {
				if !strings.Contains(string(written), text) {
					t.Errorf("there is no %q in\n%s", text, written)
				}
			}
			if out, err := h.Run(t.Context(), "sesame config check"); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
}

// Who watches sees what another terminal does, once, and has the shell back after control-C.
func TestWatching(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	if err := h.Write(".config/sesame/config.toml", "[[route]]\nmatch = \"git.example.com\"\nprovider = \"static\"\n"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s, err := h.Sit(ctx, columns, 24, "trap : INT\nsesame status --watch\necho \"it ended with $?\"")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	see := func(text string) {
		t.Helper()
		if err := s.See(ctx, text); err != nil {
			t.Fatal(err)
		}
	}
	see("absent")
	if _, err := h.Run(ctx, "echo "+secret+" | sesame login --username ann git.example.com"); err != nil {
		t.Fatal(err)
	}
	see("kept")
	if err := s.Type(ctx, "C-c"); err != nil {
		t.Fatal(err)
	}
	see("it ended with 0")
	screen, err := s.Screen(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(screen, "ROUTE") != 1 || strings.Contains(screen, "absent") {
		t.Errorf("what is over is still on the screen:\n%s", screen)
	}
	lines, err := s.Unwrapped(ctx)
	if err != nil {
		t.Fatal(err)
	}
	v := view{lines: lines, unbroke: lines}
	v.fits(t)
	v.isPainted(t, true)
	v.hides(t, secret)
	if !slices.Contains(strings.Fields(v.text()), "kept") {
		t.Errorf("got\n%s", v.text())
	}
}
