package sesame_test

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// messagesPage lists what a person can be told.
const messagesPage = "docs/messages.md"

// A blank stands where a message has a name, a number or a cause: a verb of fmt or an operand in the
// code, <CAPITALS> on the page.
const blank = "\x00"

var (
	verb        = regexp.MustCompile(`%[-+# 0]*[0-9.]*[a-zA-Z]`)
	placeholder = regexp.MustCompile(`<[A-Z][A-Z0-9_]*>`)
	blanks      = regexp.MustCompile("(\"" + blank + "\"|'" + blank + "'|" + blank + ")+")
	word        = regexp.MustCompile(`[A-Za-z]{2,}`)
	span        = regexp.MustCompile("`[^`\n]+`")
	formatLine  = regexp.MustCompile(`^sesame [a-z]+ [0-9]+$`) // the first line of a file of ours, with its version
	seam        = regexp.MustCompile(`[:;,)] |` + blank)       // where the code may put a message together
	// An entry begins with its messages; what they mean follows in the next line.
	entry = regexp.MustCompile("(?m)^- (`[^`\n]+`(?:,\\s+`[^`\n]+`)*)\\\\$")
)

// A person who searches the page for what is on the screen must find it, with its cause and the next command.
func TestThePageHasEveryMessage(t *testing.T) {
	var page []string
	for _, text := range span.FindAllString(readPage(t), -1) {
		page = append(page, normal(fromPage(text)))
	}
	all := strings.Join(page, "\n")
	messages := messagesInCode(t)
	for reason, texts := range unlisted {
		for _, text := range texts {
			if messages[normal(text)] == "" {
				t.Errorf("unlisted names %q (%s), which is no longer in the code", text, reason)
			}
			delete(messages, normal(text))
		}
	}
	for _, template := range slices.Sorted(maps.Keys(messages)) {
		if !strings.Contains(all, template) {
			t.Errorf("%s: %s does not have the message %s: add it, with what it means and the next command",
				messages[template], messagesPage, shown(template))
		}
	}
}

// Nor must it find what no program says any more.
func TestThePageHasNoOtherMessage(t *testing.T) {
	code := strings.Join(slices.Collect(maps.Keys(messagesInCode(t))), "\n")
	page, count := readPage(t), 0
	entries := entry.FindAllStringSubmatch(page, -1)
	if want := strings.Count(page, "\n- `"); len(entries) != want {
		t.Errorf("%s: %d of %d entries have the form: a list of messages in back quotes, a backslash, what they mean in the next line",
			messagesPage, len(entries), want)
	}
	for _, found := range entries {
		for _, message := range span.FindAllString(found[1], -1) {
			count++
			for _, part := range seam.Split(normal(fromPage(message)), -1) {
				if part = strings.Trim(part, trimmed); hasWords(part) && !strings.Contains(code, part) {
					t.Errorf("%s: %s: no program says %q", messagesPage, message, part)
				}
			}
		}
	}
	if count < 600 {
		t.Errorf("%s has %d messages: its form has changed, and this test sees too little", messagesPage, count)
	}
}

func readPage(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile(messagesPage)
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

// fromPage returns the text of a code span, with blanks for its placeholders.
func fromPage(span string) string {
	return placeholder.ReplaceAllString(verb.ReplaceAllString(strings.Trim(span, "`"), blank), blank)
}

// trimmed is what may stand around a part of a message.
const trimmed = ` :;,."` + blank

// normal returns a template in the form in which the code's and the page's are compared.
func normal(text string) string {
	text = blanks.ReplaceAllString(text, blank)
	return strings.Trim(strings.Join(strings.Fields(text), " "), trimmed)
}

// hasWords reports whether a text has two words, and is no path and no format.
func hasWords(text string) bool {
	count := 0
	for field := range strings.FieldsSeq(text) {
		if word.MatchString(field) {
			count++
		}
	}
	return count >= 2
}

func shown(template string) string {
	return strconv.Quote(strings.ReplaceAll(template, blank, "<…>"))
}

// unlisted are the texts of two words and more that no person meets as a message.
var unlisted = map[string][]string{
	"what is hashed": {"sesame fingerprint"},
	"what is sent to a program, or written for one": {
		"TH sesame 1", "TH sesame 1 \"\" \"sesame \x00\" \"Commands",
		"capability[]=authtype\ncapability[]=state\nprotocol=\x00\nhost=", "capability[]=authtype\nprotocol=\x00\nhost=",
		"version 0\ncapability authtype\ncapability state", "docker-credential-sesame (github.com/sesame-auth/sesame)",
		"common --credential_helper=", "common --credential_helper=\x00=",
		`# Written by "sesame setup bazel"; "sesame setup bazel --undo" takes it away.`, `# End of "sesame setup bazel".`,
		"# Written by \"sesame setup bazel\"; \"sesame setup bazel --undo\" takes it away.\x00# End of \"sesame setup bazel\".",
		"text/html; charset=utf-8", "default-src 'none'; frame-ancestors 'none'",
		"<!DOCTYPE html>\n<html lang=\"en\"><title>sesame</title>\n<p>\x00</p>",
	},
	"what is looked for in a text": {
		`( but got)?:? U\+[0-9A-F]+( '.')?`, `^\s*(common --credential_helper=|helper = )\S*-credential-sesame(\.exe)?'?$`,
		`^invalid (?:boolean )?value (".*") for (?:flag )?-([^:]*):`, "flag provided but not defined: -",
		"flag needs an argument: -", "Mon, 02 Jan 2006 15:04:05 GMT",
	},
	"an event of a log that a person asked for": {"asking the keeper", "served a kept token"},
	"a mistake in our own code, which a test meets first": {
		"routes: Compile: a value holds a NUL byte", "providers: Decode: a field of type", "this is a preview",
	},
	"a folder": {"Application Support"},
	"what the reference of the configuration says": {"from \x00 to"},
}
