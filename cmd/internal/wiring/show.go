package wiring

import (
	"regexp"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
)

// hidden takes the place of what may be a secret.
const hidden = "[secret]"

// show prints the difference between a file and the text that is to be in its place. What is next to
// the change may be secret, so the texts are masked before they are compared.
func (s *Setup) show(f file, after string, removed bool) {
	from, to := f.path, f.path
	if f.missing {
		from = "/dev/null"
	}
	if removed {
		to = "/dev/null"
	}
	difference := diff.Diff(from, []byte(s.Tool.mask(f.text)), to, []byte(s.Tool.mask(after)))
	// The first line is the command that would print this.
	_, lines, _ := strings.Cut(string(difference), "\n")
	_, _ = s.Out.Write([]byte(visible(lines)))
}

// visible replaces what would move a terminal's cursor, but for the ends of lines, and tabs.
func visible(text string) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 {
			return '?'
		}
		return r
	}, strings.ToValidUTF8(text, "?"))
}

var (
	// telling finds the words that a setting is named by whose value opens something.
	telling = regexp.MustCompile(`(?i)auth|token|secret|passw|header|cookie|api.?key|access.?key|private`)
	// userinfo is what stands before the host of a URL.
	userinfo = regexp.MustCompile(`://[^/\s"'@]+@`)
	// ours finds a line that names one of sesame's programs, and holds nothing else.
	ours = regexp.MustCompile(`^\s*(common --credential_helper=|helper = )\S*-credential-sesame(\.exe)?'?$`)
)

// maskLines hides, in a file of lines, each value whose line tells that it may be secret: all that
// follows the first "=", and the lines that go on with it.
func maskLines(text string) string {
	lines := strings.SplitAfter(text, "\n")
	goesOn := false
	for i, line := range lines {
		content := strings.TrimRight(line, "\r\n")
		masked := hidden
		if !goesOn {
			masked = maskLine(content)
		}
		goesOn = masked != content && strings.HasSuffix(content, `\`)
		lines[i] = masked + line[len(content):]
	}
	return strings.Join(lines, "")
}

func maskLine(line string) string {
	at := strings.IndexByte(line, '=')
	if at >= 0 && telling.MatchString(line) && !ours.MatchString(line) {
		line = line[:at+1] + hidden
	}
	return userinfo.ReplaceAllString(line, "://"+hidden+"@")
}
