package picture

import (
	"strconv"
	"strings"
)

// A Run is a part of a line that looks alike.
type Run struct {
	Text string
	// Color is that of the text: 0 to 15 as terminals count them, or -1 for the terminal's own.
	Color int
	Bold  bool
}

// Lines reads a screen with its colours. What is neither text nor a colour or bold is left out.
func Lines(screen string) (lines [][]Run) {
	look := Run{Color: -1}
	for line := range strings.Lines(screen) {
		var runs []Run
		line = strings.TrimSuffix(line, "\n")
		for line != "" {
			text, rest, found := strings.Cut(line, "\x1b")
			if text != "" {
				run := look
				run.Text = text
				runs = append(runs, run)
			}
			if line = rest; found {
				line = look.escape(rest)
			}
		}
		lines = append(lines, runs)
	}
	return lines
}

// Plain returns a screen without its colours.
func Plain(screen string) string {
	var b strings.Builder
	for _, line := range Lines(screen) {
		for _, run := range line {
			b.WriteString(run.Text)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// escape reads what follows an escape character: parameters, and one byte that ends them (ECMA-48, section 5.4). It
// returns the rest.
func (r *Run) escape(text string) (rest string) {
	text, ok := strings.CutPrefix(text, "[")
	if !ok {
		return text[min(1, len(text)):]
	}
	end := strings.IndexFunc(text, func(c rune) bool { return c >= 0x40 && c <= 0x7e })
	if end < 0 {
		return ""
	}
	if text[end] == 'm' {
		r.rendition(strings.Split(text[:end], ";"))
	}
	return text[end+1:]
}

// rendition takes the parameters of SELECT GRAPHIC RENDITION (section 8.3.117).
func (r *Run) rendition(parameters []string) {
	for i := 0; i < len(parameters); i++ {
		switch n, _ := strconv.Atoi(parameters[i]); {
		case n == 0:
			r.Color, r.Bold = -1, false
		case n == 1:
			r.Bold = true
		case n == 22:
			r.Bold = false
		case n >= 30 && n <= 37:
			r.Color = n - 30
		case n == 39:
			r.Color = -1
		case n >= 90 && n <= 97:
			r.Color = n - 90 + 8
		case n == 38 || n == 48: // "5;N", or "2;R;G;B"
			i += 2
			if i < len(parameters) && parameters[i-1] == "2" {
				i += 2
			}
		}
	}
}
