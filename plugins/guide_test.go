//go:build unix

package plugins_test

import (
	"fmt"
	"go/format"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

const (
	guidePath   = "../docs/writing-a-provider.md"
	examplePath = "../docs/examples/acme"
)

// A block is what stands between two fences of the guide.
type block struct {
	line     int    // of its first fence
	language string // after it
	file     string // the name that the line before it has, in backquotes and with a colon; "" for none
	text     string
}

var fileName = regexp.MustCompile("^`([a-z_./]+)`:$")

// blocks returns the blocks of a page, in their order.
func blocks(page string) (all []block) {
	var current *block
	var name []string
	for i, line := range strings.Split(page, "\n") {
		language, fence := strings.CutPrefix(line, "```")
		switch {
		case fence && current == nil:
			current = &block{line: i + 1, language: language}
			if name != nil {
				current.file = name[1]
			}
		case fence:
			all = append(all, *current)
			current, name = nil, nil
		case current != nil:
			current.text += line + "\n"
		case line != "":
			name = fileName.FindStringSubmatch(line)
		}
	}
	return all
}

// Whoever follows the guide must get what it says. All of it is one shell script: a file is written where the
// guide shows it, a command is run, and what it prints is what the guide shows next.
func TestGuideIsFollowedToTheLetter(t *testing.T) {
	author := newRelease(t)
	place := filepath.Join(author.home, "somewhere")
	if err := os.Mkdir(place, 0o700); err != nil {
		t.Fatal(err)
	}
	page := blocks(readFile(t, guidePath))
	printed := author.follow(t, place, page)
	var last block
	for _, b := range page {
		switch {
		case b.language == "text" && !matches(b.text, printed[last.line]):
			t.Errorf("%s:%d: the commands print\n%swant\n%s", guidePath, last.line, printed[last.line], b.text)
		case b.language != "text" && b.language != "sh" && b.file == "":
			t.Errorf("%s:%d: nobody knows what to do with this block: it is no file and no command", guidePath, b.line)
		}
		last = b
	}
	checkSums(t, filepath.Join(place, "sesame-provider-acme"))
}

// follow does what the blocks say, in dir, and returns what each block of commands printed, by its line.
func (r release) follow(t *testing.T, dir string, page []block) map[int]string {
	t.Helper()
	const mark = "=== block "
	script := strings.Builder{}
	script.WriteString("umask 002\n") // the default where each user has a group: what others may write is refused
	for _, b := range page {
		switch {
		case b.file != "":
			fmt.Fprintf(&script, "cat >%s <<'END OF FILE'\n%sEND OF FILE\n", b.file, b.text)
		case b.language == "sh":
			fmt.Fprintf(&script, "echo '%s%d'\n%s", mark, b.line, b.text)
		}
	}
	out, err := os.Create(filepath.Join(r.home, "stdout")) // no pipe: the issuer would hold it open
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	complaints, err := os.Create(filepath.Join(r.home, "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	defer complaints.Close()
	shell := r.command(dir, "sh", "-eu")
	shell.Stdin, shell.Stdout, shell.Stderr = strings.NewReader(script.String()), out, complaints
	shell.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := shell.Start(); err != nil {
		t.Fatal(err)
	}
	err = shell.Wait()
	_ = syscall.Kill(-shell.Process.Pid, syscall.SIGKILL) // the issuer, where the script ended before its last line
	text := readFile(t, out.Name())
	if err != nil {
		t.Fatalf("%v\n%s%s", err, text, readFile(t, complaints.Name()))
	}
	printed := map[int]string{}
	for part := range strings.SplitSeq(text, mark) {
		var line int
		number, rest, _ := strings.Cut(part, "\n")
		if _, err := fmt.Sscan(number, &line); err == nil {
			printed[line] = rest
		}
	}
	return printed
}

// matches reports whether text is what a page shows; there, … stands for any characters of a line.
func matches(shown, text string) bool {
	pattern := strings.ReplaceAll(regexp.QuoteMeta(shown), "…", ".*")
	return regexp.MustCompile("^" + pattern + "$").MatchString(text)
}

// The files are in two places, for reading and for building: they must not differ.
func TestGuideShowsTheFilesOfTheExample(t *testing.T) {
	shown := map[string]string{}
	for _, b := range blocks(readFile(t, guidePath)) {
		if b.file != "" {
			shown[b.file] = b.text
		}
	}
	for _, name := range exampleFiles(t) {
		text := readFile(t, filepath.Join(examplePath, name))
		if shown[name] != text {
			t.Errorf("%s shows another %s than %s has", guidePath, name, examplePath)
		}
		if formatted, err := format.Source([]byte(text)); err != nil || string(formatted) != text {
			t.Errorf("%s is not as gofmt has it: %v", name, err)
		}
		delete(shown, name)
	}
	for name := range shown {
		t.Errorf("%s shows a file %s, which %s has not", guidePath, name, examplePath)
	}
}
