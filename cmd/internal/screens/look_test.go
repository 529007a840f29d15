//go:build linux

package screens

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/sesame-auth/sesame/cmd/internal/picture"
	"github.com/sesame-auth/sesame/cmd/internal/programs"
)

// patience is how long a test waits for a screen. None expects to.
const patience = 2 * time.Minute

// secret is what people type. It is on no screen.
const secret = "h7q-Zx9_never_shown"

// shotsVariable names a folder for pictures of every screen that the tests see, for who wants to look at them.
const shotsVariable = "SESAME_TEST_SHOTS"

// A step of a person: what is seen first, and what is then typed, keys as tmux calls them.
type step struct {
	see    string
	keys   []string
	hidden bool // they are typed when the terminal does not show them
}

// types is a step that types an answer.
func types(see, answer string) step {
	if answer == "" {
		return step{see: see, keys: []string{"Enter"}}
	}
	return step{see: see, keys: []string{answer, "Enter"}}
}

// hidden is a step that types what must not be seen.
func hidden(see, secret string) step {
	return step{see: see, keys: []string{secret, "Enter"}, hidden: true}
}

// confirms is the step that confirms a login on another device.
var confirms = step{see: "the code is"}

// shell is how a person types a command at the shell.
const shell = `say() { printf '$ %s\n' "$*"; eval "$*"; }
`

func newHouse(t *testing.T) *House {
	t.Helper()
	programs.Need(t, "tmux", "tmux")
	programs.Need(t, "git", "git")
	h, err := NewHouse(bin)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

// A view is what is on a screen in the end, with what has scrolled away.
type view struct {
	name    string
	lines   string // with colours, as the terminal has broken them
	unbroke string // with colours, as they were printed
}

// look has a person run a script at a terminal, and returns what can then be seen.
func (h *House) look(t *testing.T, height int, script string, steps []step, variables ...string) view {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s, err := h.Sit(ctx, columns, height, shell+script, variables...)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, step := range steps {
		if err := h.take(ctx, s, step); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Ended(ctx); err != nil {
		t.Fatal(err)
	}
	v := view{name: strings.NewReplacer("/", "-", " ", "-").Replace(t.Name())}
	if v.lines, err = s.Scrolled(ctx); err == nil {
		v.unbroke, err = s.Unwrapped(ctx)
	}
	if err != nil {
		t.Fatal(err)
	}
	v.shoot(t, h, height)
	return v
}

func (h *House) take(ctx context.Context, s *picture.Session, do step) error {
	if do.keys == nil {
		return h.confirm(ctx, s)
	}
	if err := s.See(ctx, do.see); err != nil {
		return err
	}
	if do.hidden {
		if err := s.Hidden(ctx); err != nil {
			return err
		}
	}
	for _, keys := range do.keys {
		if err := s.Type(ctx, keys); err != nil {
			return err
		}
	}
	return nil
}

// shoot draws the screen, if somebody wants to look at it.
func (v view) shoot(t *testing.T, h *House, height int) {
	t.Helper()
	folder := os.Getenv(shotsVariable)
	if folder == "" || !strings.Contains(v.lines, "\x1b") {
		return
	}
	for name, theme := range map[string]picture.Theme{"light": picture.Light, "dark": picture.Dark} {
		drawn, err := picture.Draw(v.name, columns, picture.Lines(h.Shown(v.lines)), theme)
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, fmt.Sprintf("%s-%d-%s.svg", v.name, height, name)), []byte(drawn), 0o600)
		}
		if err != nil {
			t.Error(err)
		}
	}
}

// text is the screen without colours and without line ends.
func (v view) text() string { return strings.Join(strings.Fields(picture.Plain(v.unbroke)), " ") }

// has wants texts on the screen.
func (v view) has(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(v.text(), text) {
			t.Errorf("there is no %q on\n%s", text, picture.Plain(v.lines))
		}
	}
}

// fits wants no line to be longer than the terminal is wide: it would break anywhere in a word. What must not be broken, a
// path or a command, may be longer, if it stands alone; so may what the person types.
func (v view) fits(t *testing.T) {
	t.Helper()
	for line := range strings.Lines(picture.Plain(v.unbroke)) {
		line = strings.TrimSpace(line)
		alone := !strings.Contains(line, " ") || strings.HasPrefix(line, "sesame ") || strings.HasPrefix(line, "$ ")
		if utf8.RuneCountInString(line) > columns && !alone {
			t.Errorf("%d columns: %q on\n%s", utf8.RuneCountInString(line), line, picture.Plain(v.lines))
		}
	}
}

var (
	rendition = regexp.MustCompile(`\x1b\[([0-9;]*)m`)
	// basic are nothing, bold, and the first eight colours for text, which every theme of a terminal makes readable on its
	// ground; the ground stays as it is.
	basic = regexp.MustCompile(`^(0|1|22|3[0-7]|39|49)?$`)
)

// isPainted wants colours, or none, and of those the first eight.
func (v view) isPainted(t *testing.T, want bool) {
	t.Helper()
	painted := false
	for _, found := range rendition.FindAllStringSubmatch(v.lines, -1) {
		for parameter := range strings.SplitSeq(found[1], ";") {
			painted = painted || parameter == "1" || len(parameter) == 2 && parameter[0] == '3' && parameter != "39"
			if !basic.MatchString(parameter) {
				t.Errorf("SELECT GRAPHIC RENDITION %q on\n%q", found[1], v.lines)
			}
		}
	}
	if painted != want {
		t.Errorf("there are colours: %t, want %t, on\n%q", painted, want, v.lines)
	}
}

// hides wants a secret neither on the screen nor above it.
func (v view) hides(t *testing.T, secret string) {
	t.Helper()
	if strings.Contains(strings.Join(strings.Fields(picture.Plain(v.unbroke)), ""), secret) {
		t.Errorf("the secret is on\n%s", v.lines)
	}
}
