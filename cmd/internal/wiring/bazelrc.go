package wiring

import "strings"

// An rcHelper is one option of a .bazelrc that names a credential helper.
type rcHelper struct {
	line    int    // from 1
	command string // what the line is for: "common", "build", "build:ci"
	scope   string // "" for every host
	helper  string
}

// rcHelpers returns them in the order of the file.
func rcHelpers(text string) (list []rcHelper) {
	for number, line := range rcLines(text) {
		words := rcWords(line)
		for i := 1; i < len(words); i++ {
			value, ok := rcValue(words, i)
			if !ok {
				continue
			}
			scope, helper, scoped := strings.Cut(value, "=")
			if !scoped {
				scope, helper = "", value
			}
			list = append(list, rcHelper{line: number, command: words[0], scope: strings.ToLower(scope), helper: helper})
		}
	}
	return list
}

// rcValue returns the value of the option at words[i], if it is the one that names a helper. It
// may be a word of its own.
func rcValue(words []string, i int) (value string, ok bool) {
	name, value, joined := strings.Cut(words[i], "=")
	if name != "--credential_helper" && name != "--experimental_credential_helper" {
		return "", false
	}
	if joined {
		return value, true
	}
	if i+1 == len(words) {
		return "", false
	}
	return words[i+1], true
}

// rcLines calls yield for each line with its number. A backslash at the end of a line, a comment
// included, joins the next one to it.
func rcLines(text string) func(yield func(number int, line string) bool) {
	return func(yield func(int, string) bool) {
		joined, first := "", 1
		number := 0
		for line := range strings.SplitSeq(text, "\n") {
			number++
			if part, more := strings.CutSuffix(strings.TrimSuffix(line, "\r"), `\`); more {
				joined += part
				continue
			}
			if !yield(first, joined+line) {
				return
			}
			joined, first = "", number+1
		}
		if joined != "" {
			yield(first, joined)
		}
	}
}

// rcWords splits a line as Bazel does: at blanks, with both kinds of quotes, a backslash before what is
// to be taken as it is, and comments.
func rcWords(line string) (words []string) {
	word, quote := "", byte(0)
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case c == '\\':
			if i++; i < len(line) {
				word += line[i : i+1]
			}
		case quote != 0 && c == quote:
			quote = 0
		case quote != 0:
			word += line[i : i+1]
		case c == '#':
			i = len(line)
		case c == '"' || c == '\'':
			quote = c
		case strings.IndexByte(" \t\r\n", c) < 0:
			word += line[i : i+1]
		case word != "":
			words, word = append(words, word), ""
		}
	}
	if word != "" {
		words = append(words, word)
	}
	return words
}

// rcWord writes a word so that Bazel reads it back. Some put a variable in the place of ${NAME} before
// they look at anything else.
func rcWord(word string) string {
	var out strings.Builder
	for i := range len(word) {
		if strings.IndexByte(" \t\"'\\#${", word[i]) >= 0 {
			out.WriteByte('\\')
		}
		out.WriteByte(word[i])
	}
	return out.String()
}
