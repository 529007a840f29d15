package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/cmd/internal/picture"
	"github.com/sesame-auth/sesame/cmd/internal/programs"
)

// completions are what a person has typed, and what must be offered for it, in every shell.
var completions = []struct {
	name, line   string
	want, unwant []string
}{
	{"a command", "sesame ex", []string{"explain"}, []string{"status", "refresh"}},
	{"a command below another", "sesame config ", []string{"check", "init"}, []string{"help", "h"}},
	{"an option", "sesame status --w", []string{"--watch"}, []string{"--json"}},
	{"any option", "sesame setup git --", []string{"--write", "--undo"}, []string{"-h"}},
	{"a host of the configuration", "sesame token ", []string{"git.example.com"}, []string{"wild.example.com"}},
	{"a shell", "sesame completion ", []string{"bash", "zsh", "fish"}, nil},
	{"a program", "sesame man git", []string{"git-credential-sesame"}, []string{"sesame"}},
	{"a protocol", "sesame explain --protocol ", []string{"bazel", "git", "docker"}, []string{"git.example.com"}},
	{"a provider", "sesame config init --provider ", []string{"static", "acme"}, nil},
}

// shellHome is a home with a configuration, and the environment of a shell in it.
func shellHome(t *testing.T) (home string, env []string) {
	t.Helper()
	home = t.TempDir()
	config := filepath.Join(home, ".config/sesame/config.toml")
	if err := os.MkdirAll(filepath.Dir(config), 0o700); err != nil {
		t.Fatal(err)
	}
	text := "[[route]]\nmatch = \"git.example.com\"\nprovider = \"env\"\n[[route]]\nmatch = \"*.wild.example.com\"\nprovider = \"acme\"\n" +
		"[plugin.acme]\npath = \"/opt/acme\"\nsha256 = \"" + strings.Repeat("0", 64) + "\"\n"
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return home, []string{"HOME=" + home, "PATH=" + bin + ":/usr/bin:/bin", "LC_ALL=C.UTF-8"}
}

// asks returns what a shell offers, as a script of that shell prints it, one a line. LINE is what was typed.
func asks(t *testing.T, shell, script, line string) []string {
	t.Helper()
	home, env := shellHome(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, shell, "-c", script)
	cmd.Dir, cmd.Env = home, append(env, "LINE="+line)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v: %s", shell, err, out)
	}
	return strings.Fields(string(out))
}

// A completion that offers what is not there is worse than none, and nobody tells us.
func TestShellsOfferWhatThereIs(t *testing.T) {
	for _, shell := range []struct{ name, script string }{
		{"bash", `eval "$(sesame completion bash)"
			read -ra COMP_WORDS <<<"$LINE"; [[ $LINE == *" " ]] && COMP_WORDS+=("")
			COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _sesame; printf '%s\n' "${COMPREPLY[@]}"`},
		{"fish", `sesame completion fish | source; complete -C $LINE | string replace -r '\t.*' ''; true`},
	} {
		programs.Need(t, shell.name, shell.name)
		for _, row := range completions {
			t.Run(shell.name+"/"+row.name, func(t *testing.T) {
				t.Parallel()
				got := asks(t, shell.name, shell.script, row.line)
				for _, word := range row.want {
					if !slices.Contains(got, word) {
						t.Errorf("%q: got %q, which lacks %s", row.line, got, word)
					}
				}
				for _, word := range row.unwant {
					if slices.Contains(got, word) {
						t.Errorf("%q: got %q, which has %s", row.line, got, word)
					}
				}
			})
		}
	}
}

// zsh completes at a terminal only. It is installed as packages do, in a folder of $fpath.
func TestZshOffersWhatThereIs(t *testing.T) {
	programs.Need(t, "zsh", "zsh")
	programs.Need(t, "tmux", "tmux")
	home, env := shellHome(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	settings := "PS1='> '; fpath=($HOME/functions $fpath); autoload -U compinit; compinit -u -D; echo ready\n"
	if err := os.WriteFile(filepath.Join(home, ".zshrc"), []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := picture.Terminal{Width: 80, Height: 40, Env: env, Folder: home}.Start(ctx,
		"mkdir functions && sesame completion zsh >functions/_sesame && exec zsh -i")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.See(ctx, "ready"); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct{ typed, see string }{
		{"sesame config ", "init -- add a route"}, // each with its description
		{"sesame tok", "> sesame token"},
		{"sesame token ", "> sesame token git.example.com"},
		{"sesame completion ", "bash fish zsh"},
	} {
		if err := s.Type(ctx, "C-u", "C-l", step.typed, "Tab"); err != nil {
			t.Fatal(err)
		}
		if err := s.See(ctx, step.see); err != nil {
			t.Errorf("%q: %v", step.typed, err)
			return
		}
	}
}
