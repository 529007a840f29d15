package picture

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/sesame-auth/sesame/cmd/internal/programs"
)

// limit is when a test gives up.
func limit(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// What a person types is not on the screen unless the terminal echoes it: this is what the tests of logins rest on.
func TestTerminalShowsWhatAPersonSees(t *testing.T) {
	programs.Need(t, "tmux", "tmux")
	ctx := limit(t)
	s, err := Terminal{Width: 30, Height: 5, Env: []string{"PATH=/usr/bin:/bin"}, Folder: t.TempDir()}.Start(ctx,
		`printf '\033[31mred\033[0m 日本\n'; stty -echo; printf 'secret? '; read secret; stty echo; printf '\nit has %d\n' ${#secret}
printf 'name? '; read name; seq 7; stty size`)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, step := range []struct{ see, text string }{{"secret?", "hush"}, {"name?", "me"}} {
		if err := s.See(ctx, step.see); err != nil {
			t.Fatal(err)
		}
		if err := s.Type(ctx, step.text, "Enter"); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Ended(ctx); err != nil {
		t.Fatal(err)
	}
	screen, err := s.Screen(ctx)
	if want := "5\n6\n7\n5 30\n"; err != nil || screen != want {
		t.Errorf("got %q, %v, want %q", screen, err, want)
	}
	all, err := s.Scrolled(ctx)
	if want := "\x1b[31mred\x1b[39m 日本\nsecret?\nit has 4\nname? me\n1\n"; err != nil || !strings.HasPrefix(all, want) {
		t.Errorf("got %q, %v, want %q", all, err, want)
	}
}
