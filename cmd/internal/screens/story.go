package screens

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/sesame-auth/sesame/cmd/internal/picture"
	"github.com/sesame-auth/sesame/cmd/internal/programs"
	"github.com/sesame-auth/sesame/providers/oauth2/oauth2test"
)

const (
	// columns is how wide the terminals of the picture and of the tests are.
	columns = 80
	// storyLimit bounds all that happens in the picture, and before.
	storyLimit = 5 * time.Minute
	// title is what the picture tells those who do not see it.
	title = "A terminal: sesame status and sesame explain say that a login is over and what to type; after sesame login, git works again."
)

// say is the shell's function that types a command for the person, and runs it.
const say = `say() { printf '\033[1m$ %s\033[0m\n' "$*"; eval "$*"; }
`

// story is what the picture shows: a person whose builds fail, since the issuer has ended the login.
const story = say + `
say sesame status
say sesame explain https://git.example.com/team/app
say sesame login https://git.example.com
say git ls-remote https://git.example.com/team/app
say sesame status
`

// The picture leaves out the lines from the first of these to the second, and has a line of dots there: explain goes on to
// tell when a token was due, and every step of a request with its time.
const leftOutFrom, leftOutTo = "expires ", "$ sesame login "

// Draw runs the story, and writes its picture into a folder, for light and for dark pages. It is run in the module.
func Draw(folder string) error {
	ctx, cancel := context.WithTimeout(context.Background(), storyLimit)
	defer cancel()
	dir, remove, err := programs.Build()
	if err != nil {
		return err
	}
	defer remove()
	drawn, err := pictures(ctx, dir)
	for name, text := range drawn {
		err = errors.Join(err, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644))
	}
	return err
}

// pictures runs the story, and returns the text of each file.
func pictures(ctx context.Context, programs string) (map[string]string, error) {
	screen, err := run(ctx, programs)
	if err != nil {
		return nil, err
	}
	lines, err := shortened(picture.Lines(strings.TrimSpace(screen)))
	if err != nil {
		return nil, fmt.Errorf("the story of the picture: %w:\n%s", err, screen)
	}
	drawn := make(map[string]string)
	for name, theme := range map[string]picture.Theme{"story-light.svg": picture.Light, "story-dark.svg": picture.Dark} {
		if drawn[name], err = picture.Draw(title, columns, lines, theme); err != nil {
			return nil, err
		}
	}
	return drawn, nil
}

// shortened leaves out what the picture has no room for.
func shortened(lines [][]picture.Run) ([][]picture.Run, error) {
	from, to := lineThatBegins(lines, leftOutFrom), lineThatBegins(lines, leftOutTo)
	if from < 0 || to < from {
		return nil, errors.New("there is nothing to leave out")
	}
	return slices.Concat(lines[:from], [][]picture.Run{{{Text: "⋮", Color: -1}}}, lines[to:]), nil
}

func lineThatBegins(lines [][]picture.Run, text string) int {
	return slices.IndexFunc(lines, func(line []picture.Run) bool { return len(line) > 0 && strings.HasPrefix(line[0].Text, text) })
}

// run has all happen that comes before the picture, and then what is in it. It returns the screen.
func run(ctx context.Context, programs string) (screen string, err error) {
	h, err := NewHouse(programs)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	if err := h.Write(".config/sesame/config.toml", h.Device()); err != nil {
		return "", err
	}
	if _, err := h.play(ctx, "sesame setup git --write; sesame login https://"+gitHost); err != nil {
		return "", err
	}
	// The person has logged in, and the issuer ends it: what is stored is refused, and so is a refresh.
	h.Issuer.Revoke()
	h.Issuer.Fail("/token", oauth2test.Fault{
		Status: 400, Body: `{"error":"invalid_grant","error_description":"Session not active"}`,
	})
	if _, err := h.Run(ctx, "sesame forget https://"+gitHost+"; ! git ls-remote https://"+gitHost+"/team/app"); err != nil {
		return "", err
	}
	screen, err = h.play(ctx, story)
	return h.Shown(screen), err
}

// code is where a login tells it.
var code = regexp.MustCompile(`the code is (\S+)`)

// play runs a script that logs in once, and confirms that. It returns all that was then on the screen.
func (h *House) play(ctx context.Context, script string) (screen string, err error) {
	s, err := h.Sit(ctx, columns, 24, script)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := h.confirm(ctx, s); err != nil {
		return "", err
	}
	if err := s.Ended(ctx); err != nil {
		return "", err
	}
	return s.Scrolled(ctx)
}

// confirm confirms a login on another device, once its code is on the screen.
func (h *House) confirm(ctx context.Context, s *picture.Session) error {
	if err := s.See(ctx, "the code is "); err != nil {
		return err
	}
	screen, err := s.Scrolled(ctx)
	if err != nil {
		return err
	}
	found := code.FindStringSubmatch(picture.Plain(screen))
	if found == nil || !h.Issuer.Confirm(found[1]) {
		return fmt.Errorf("confirm a login: no code on\n%s", screen)
	}
	return nil
}
