//go:build linux

package snippets

import (
	"cmp"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// A mention is a command of sesame's that a page has in backquotes.
type mention struct {
	page  string
	line  int
	words []string // after "sesame"
}

// sentences are what begins like a command, and is none: messages.
var sentences = []string{
	"sesame has the answer. You may close this window.",
	"sesame <VERSION> and what the tools start are in <FOLDER>",
	"sesame would ask itself without end",
	"sesame refresh is started in a session of its own, and that starts the plugin, asks, checks and stores",
}

var (
	code = regexp.MustCompile("`([^`]+)`")
	// called is where a command begins: at the beginning, or after what can stand before one.
	called = regexp.MustCompile(`(?:^|: |\| |&& |sudo |time |; )(sesame(?: [^;,:|()]*(?:\|[^ ;,:()]+)*)*)`)
)

// mentions returns the commands of a page that stand outside of its blocks.
func mentions(page, text string) (all []mention) {
	fenced := false
	for i, line := range strings.Split(text, "\n") {
		if strings.HasPrefix(strings.TrimLeft(line, " "), "```") {
			fenced = !fenced
		}
		if fenced {
			continue
		}
		for _, span := range code.FindAllStringSubmatch(strings.ReplaceAll(line, `\|`, "|"), -1) {
			for _, command := range called.FindAllStringSubmatch(span[1], -1) {
				if !slices.Contains(sentences, strings.TrimSpace(command[1])) && !slices.Contains(sentences, span[1]) {
					all = append(all, mention{page, i + 1, strings.Fields(command[1])[1:]})
				}
			}
		}
	}
	return all
}

// A manual knows what sesame's own help says of each command. Several goroutines may use it.
type manual struct {
	mu    sync.Mutex
	helps map[string]*string // by the words of the command; nil where there is none
}

// help returns what a command says to --help.
func (m *manual) help(words ...string) (text string, exists bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	name := strings.Join(words, " ")
	known, asked := m.helps[name]
	if !asked {
		out, err := exec.Command(filepath.Join(bin, "sesame"), append(slices.Clone(words), "--help")...).Output()
		title, text, _ := strings.Cut(strings.TrimPrefix(string(out), "NAME:\n   "), "\n")
		if title, _, _ = strings.Cut(title, " - "); err == nil && title == strings.TrimSpace("sesame "+name) {
			known = &text
		}
		m.helps[name] = known
	}
	if known == nil {
		return "", false
	}
	return *known, true
}

// protocols have no help of their own: what follows them is a tool's.
var protocols = []string{"bazel", "git", "docker"}

// below returns the name of a command that a word stands for below another: itself, or where it stands for
// any of them, such as TOOL, the first.
func (m *manual) below(command []string, word string) (name string, exists bool) {
	help, _ := m.help(command...)
	if placeholder.MatchString(word) {
		return listed.FindStringSubmatch(help)[1], true
	}
	_, exists = m.help(append(slices.Clone(command), word)...)
	return word, exists || len(command) == 0 && slices.Contains(protocols, word)
}

var (
	flag        = regexp.MustCompile(`^--?[a-z-]+$`)
	value       = regexp.MustCompile(`^[a-z][a-z-]*$|^<?[A-Z]+>?$`) // a word that could be a command
	placeholder = regexp.MustCompile(`[A-Z]`)
	listed      = regexp.MustCompile(`\nCOMMANDS:\n   ([a-z]+) `)
)

// check says what is wrong with a command, nil if nothing is: a command or an option that there is not.
func (m *manual) check(words []string) error {
	var command []string
	for i := 0; i < len(words); i++ {
		help, _ := m.help(command...)
		word := strings.Trim(words[i], "[].…")
		switch name, _, _ := strings.Cut(word, "="); {
		case flag.MatchString(strings.Split(name, "|")[0]):
			skip, err := checkOptions(command, help, name)
			if err != nil {
				return err
			}
			if skip && name == word {
				i++
			}
		case value.MatchString(strings.Split(word, "|")[0]) && listed.MatchString(help):
			next := ""
			for choice := range strings.SplitSeq(word, "|") {
				name, exists := m.below(command, choice)
				if !exists {
					return fmt.Errorf("%s has no command %q", strings.Join(append([]string{"sesame"}, command...), " "), choice)
				}
				next = cmp.Or(next, name)
			}
			command = append(command, next)
		}
	}
	return nil
}

// checkOptions checks options, with | between those of which one is meant, and returns whether the next word is
// the value of one.
func checkOptions(command []string, help, word string) (takesValue bool, err error) {
	for name := range strings.SplitSeq(word, "|") {
		line := regexp.MustCompile(`(?m)^   (?:\S+(?: [A-Z]+)?, )?` + regexp.QuoteMeta(name) + `(?:, -\w)?( [A-Z]+)?(?:[ ,]|$)`)
		match := line.FindStringSubmatch(help)
		if match == nil {
			return false, fmt.Errorf("%s has no option %s", strings.Join(append([]string{"sesame"}, command...), " "), name)
		}
		takesValue = takesValue || match[1] != ""
	}
	return takesValue, nil
}

// What a page names in passing is typed as well, and nobody has tried it.
func TestEveryCommandInBackquotesExists(t *testing.T) {
	m := &manual{helps: map[string]*string{}}
	found, all := 0, ""
	for _, page := range documents(t) {
		all += readPage(t, page)
		for _, command := range mentions(page, readPage(t, page)) {
			found++
			if err := m.check(command.words); err != nil {
				t.Errorf("%s:%d: `sesame %s`: there is no such command: %v",
					command.page, command.line, strings.Join(command.words, " "), err)
			}
		}
	}
	for _, sentence := range sentences {
		if !strings.Contains(all, sentence) {
			t.Errorf("no page has the sentence %q any more", sentence)
		}
	}
	if found < 150 {
		t.Errorf("%d commands: the test does not see them all", found)
	}
}

// A check that knows everything finds nothing.
func TestCommandsThatAreNotThereAreFound(t *testing.T) {
	m := &manual{helps: map[string]*string{}}
	tests := []struct {
		text string
		want string // "" for a command that is good
	}{
		{"`sesame setup git --only --write`", ""},
		{"`sesame setup git --onyl --write`", "has no option --onyl"},
		{"`sesame setup bazel\\|git\\|docker`", ""},
		{"`sesame setup bazel\\|gti\\|docker`", `has no command "gti"`},
		{"`sesame --force-refresh token URL`", ""},
		{"`sesame token --force-refresh URL`", "has no option --force-refresh"},
		{"`it failed; to mend it, type: sesame explian <URL>`", `has no command "explian"`},
		{"`usage: sesame doctor [--json] [--ofline]`", "has no option --ofline"},
		{"`sesame log --file /tmp/audit --follow`", ""},
		{"`sesame login --username NAME URL`", ""},
		{"`time sesame bazel get < request.json`", ""},
		{"`sesame config chekc`", `has no command "chekc"`},
		{"`… | sesame logni URL`", `has no command "logni"`},
	}
	for _, test := range tests {
		all := mentions("", test.text)
		if len(all) != 1 {
			t.Errorf("%s: %d commands, want one", test.text, len(all))
			continue
		}
		err := m.check(all[0].words)
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s: got %v, want %q", test.text, err, test.want)
		}
	}
}
