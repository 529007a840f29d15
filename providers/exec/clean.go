package exec

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/sesame-auth/sesame/providers"
)

const (
	// maxLine bounds what of a line is shown, in runes.
	maxLine = 400
	// minSecret is the shortest text that is taken for a secret, in bytes: a shorter one would replace
	// half of a message.
	minSecret = 4
	// minWord is the shortest word of stdout that is taken for one. It is longer: most words there
	// are names of fields.
	minWord = 12
)

// clean returns text on one line, fit for a terminal, and not too long.
func clean(text string) string {
	runes := []rune(strings.ToValidUTF8(text, "?"))
	for i, r := range runes {
		if !unicode.IsPrint(r) {
			runes[i] = '?'
		}
	}
	if len(runes) > maxLine {
		return string(runes[:maxLine]) + " ..."
	}
	return string(runes)
}

// lastLine returns the last line of text that is not blank.
func lastLine(text string) string {
	lines := strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' })
	for _, line := range slices.Backward(lines) {
		if line = strings.TrimSpace(line); line != "" {
			return line
		}
	}
	return ""
}

// hide replaces the secrets that a command could have written to stderr: what it was given,
// whole or a line of it, and what it wrote to stdout. What url has in it, everybody knows.
func hide(line string, given []string, stdout, url string) string {
	var secrets []string
	for _, secret := range given {
		for part := range strings.SplitSeq(secret, "\n") {
			if part = strings.TrimSpace(part); len(part) >= minSecret {
				secrets = append(secrets, part)
			}
		}
	}
	for word := range strings.FieldsFuncSeq(stdout, isSeparator) {
		if len(word) >= minWord && strings.Contains(line, word) && !strings.Contains(url, word) {
			secrets = append(secrets, word)
		}
	}
	slices.SortFunc(secrets, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	var pairs []string
	for _, secret := range secrets {
		pairs = append(pairs, secret, providers.NewSecret(secret).String())
	}
	return strings.NewReplacer(pairs...).Replace(line)
}

// isSeparator reports whether r stands between the words of a JSON text, a header or a line, and
// in no token.
func isSeparator(r rune) bool {
	return unicode.IsSpace(r) || strings.ContainsRune(`"'{}[]<>(),;:&=|\`, r)
}

// isSecret reports whether a variable may hold a secret: no path does, and no URL but one with a
// password. Messages must be able to name those.
func isSecret(value string) bool {
	plain := filepath.IsAbs(value) || strings.Contains(value, "://")
	return !plain || strings.Contains(value, "@")
}
