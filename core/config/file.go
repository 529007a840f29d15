package config

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/pelletier/go-toml/v2"

	"github.com/sesame-auth/sesame/providers"
)

// maxProblems is how many lines an error has at most, before the one that counts the rest.
const maxProblems = 10

// A file is a configuration that is being read.
type file struct {
	name      string
	lines     lines
	profiles  map[string]providers.Profile
	providers []string        // the names of all providers
	keepers   map[string]bool // the plugins that keep tokens
	problems  []problem
}

// A problem is one thing that is wrong.
type problem struct {
	line    int
	message string
}

func (f *file) report(line int, format string, args ...any) {
	f.problems = append(f.problems, problem{line, fmt.Sprintf(format, args...)})
}

// err returns the problems in the order of their lines, or nil.
func (f *file) err() error {
	if len(f.problems) == 0 {
		return nil
	}
	slices.SortStableFunc(f.problems, func(a, b problem) int { return cmp.Compare(a.line, b.line) })
	name := printable(f.name)
	var text []string
	for _, p := range f.problems[:min(len(f.problems), maxProblems)] {
		text = append(text, name+":"+strconv.Itoa(p.line)+": "+p.message)
	}
	if more := len(f.problems) - maxProblems; more > 0 {
		text = append(text, fmt.Sprintf("%s: and %d more", name, more))
	}
	return errors.New(strings.Join(text, "\n"))
}

// decode reads the TOML and notes where its keys stand.
func (f *file) decode(data []byte) (values map[string]any, ok bool) {
	if err := toml.Unmarshal(data, &values); err != nil {
		line := 1
		if at, ok := errors.AsType[*toml.DecodeError](err); ok {
			line, _ = at.Position()
		}
		f.report(line, "not TOML: %s", reason(err))
		return nil, false
	}
	f.lines = findLines(data)
	return values, true
}

// reason returns the message of an error of go-toml without what it quotes of the file,
// which may hold a secret: one character, as in "but got U+0068 'h'", or a number that is
// too large, behind a colon or in quotes.
func reason(err error) string {
	character := regexp.MustCompile(`( but got)?:? U\+[0-9A-F]+( '.')?`)
	text := strings.TrimPrefix(err.Error(), "toml: ")
	text = character.ReplaceAllString(text, "")
	text, _, _ = strings.Cut(text, ": ")
	text, _, _ = strings.Cut(text, `"`)
	return printable(shorten(strings.TrimSpace(text)))
}

// quote returns what somebody wrote for a message: escaped, and not too long.
func quote(text string) string { return strconv.Quote(shorten(text)) }

func shorten(text string) string {
	const most = 120
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "..."
}

// printable returns text as it is, or quoted if a terminal would not show it as it is.
func printable(text string) string {
	if strings.ContainsFunc(text, isUnprintable) {
		return strconv.Quote(text)
	}
	return text
}

func isUnprintable(r rune) bool { return !unicode.IsPrint(r) }
