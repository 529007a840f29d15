package picture

import (
	"encoding/xml"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// The measures of a picture, in pixels. Each character has a cell: most fonts of one width are six tenths of their
// height wide, and the others are stretched.
const (
	cellWidth, lineHeight, fontSize = 8.4, 19, 14

	margin, barHeight = 16, 34
)

// A Theme has the colours of a picture, as "#RRGGBB".
type Theme struct {
	Ground, Bar, Frame, Text string
	// Colors are the 16 that terminals count, each to be read on the ground: black and white are greys.
	Colors [16]string
}

// The themes, in the colours of GitHub's pages, so that a picture is at home in them.
var (
	Light = Theme{
		Ground: "#ffffff", Bar: "#f6f8fa", Frame: "#d1d9e0", Text: "#1f2328", Colors: [16]string{
			"#24292f", "#cf222e", "#116329", "#7d4e00", "#0969da", "#8250df", "#1b7c83", "#59636e",
			"#57606a", "#a40e26", "#1a7f37", "#633c01", "#0550ae", "#6639ba", "#136061", "#6e7781",
		},
	}
	Dark = Theme{
		Ground: "#0d1117", Bar: "#151b23", Frame: "#3d444d", Text: "#e6edf3", Colors: [16]string{
			"#8b949e", "#ff7b72", "#3fb950", "#d29922", "#58a6ff", "#bc8cff", "#39c5cf", "#b1bac4",
			"#8b949e", "#ffa198", "#56d364", "#e3b341", "#79c0ff", "#d2a8ff", "#56d4dd", "#ffffff",
		},
	}
)

// Draw draws lines in a window of some columns, as SVG. Every character is one column wide. What cannot be seen is told
// to a screen reader by title.
func Draw(title string, columns int, lines [][]Run, theme Theme) (string, error) {
	for i, line := range lines {
		if n := columnsOf(line); n > columns {
			return "", fmt.Errorf("line %d of a picture: of %d columns: has %d", i+1, columns, n)
		}
	}
	width := 2*margin + float64(columns)*cellWidth
	height := barHeight + 2*margin + len(lines)*lineHeight
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %g %d" width="%[1]g" height="%[2]d" role="img">
<title>%[3]s</title>
<style>
text { font: %[4]dpx ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: %[5]s }
.bold { font-weight: 700 }
`, width, height, escaped(title), fontSize, theme.Text)
	for _, color := range colorsOf(lines) {
		fmt.Fprintf(&b, ".c%d { fill: %s }\n", color, theme.Colors[color])
	}
	b.WriteString("</style>\n")
	frame(&b, width, height, theme)
	for i, line := range lines {
		theText(&b, line, barHeight+margin+i*lineHeight+fontSize)
	}
	b.WriteString("</svg>\n")
	return b.String(), nil
}

// frame draws a window.
func frame(b *strings.Builder, width float64, height int, theme Theme) {
	fmt.Fprintf(b, `<rect x=".5" y=".5" width="%g" height="%d" rx="8" fill="%s" stroke="%s"/>
<path d="M1 %[5]dV8.5a7.5 7.5 0 0 1 7.5-7.5H%[6]ga7.5 7.5 0 0 1 7.5 7.5V%[5]dz" fill="%[7]s"/>
<path d="M1 %[5]d.5H%[8]g" stroke="%[4]s"/>
`, width-1, height-1, theme.Ground, theme.Frame, barHeight, width-8.5, theme.Bar, width-1)
	for i := range 3 {
		fmt.Fprintf(b, `<circle cx="%d" cy="%d" r="5.5" fill="%s"/>`+"\n", margin+4+i*18, barHeight/2, theme.Frame)
	}
}

// words are what stands between two blanks and more.
var words = regexp.MustCompile(`\S+( \S+)*`)

// theText draws a line. Each part stands where its first column is, whatever the font.
func theText(b *strings.Builder, line []Run, y int) {
	column := 0
	for _, run := range line {
		for _, at := range words.FindAllStringIndex(run.Text, -1) {
			text := run.Text[at[0]:at[1]]
			x := margin + float64(column+utf8.RuneCountInString(run.Text[:at[0]]))*cellWidth
			fmt.Fprintf(b, `<text x="%.5g" y="%d" textLength="%.5g"%s>%s</text>`+"\n",
				x, y, float64(utf8.RuneCountInString(text))*cellWidth, class(run), escaped(text))
		}
		column += utf8.RuneCountInString(run.Text)
	}
}

func class(run Run) string {
	var names []string
	if run.Bold {
		names = append(names, "bold")
	}
	if run.Color >= 0 {
		names = append(names, fmt.Sprintf("c%d", run.Color))
	}
	if names == nil {
		return ""
	}
	return ` class="` + strings.Join(names, " ") + `"`
}

// columnsOf returns where a line's last character ends.
func columnsOf(line []Run) (columns int) {
	at := 0
	for _, run := range line {
		if text := strings.TrimRight(run.Text, " "); text != "" {
			columns = at + utf8.RuneCountInString(text)
		}
		at += utf8.RuneCountInString(run.Text)
	}
	return columns
}

// colorsOf returns those that are used, in order.
func colorsOf(lines [][]Run) (colors []int) {
	for _, line := range lines {
		for _, run := range line {
			if run.Color >= 0 && !slices.Contains(colors, run.Color) {
				colors = append(colors, run.Color)
			}
		}
	}
	slices.Sort(colors)
	return colors
}

func escaped(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a strings.Builder takes everything
	return b.String()
}
