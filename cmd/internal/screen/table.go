package screen

import (
	"io"
	"slices"
	"strings"

	"github.com/sesame-auth/sesame/core"
)

// A Table has rows of cells. One of its columns may be as wide as it will: a text that is too
// long for it has the rest of its line for itself, and the other cells follow in the next.
type Table struct {
	// Wide is the index of that column.
	Wide int
	// Most is how wide a cell of another column may be; longer ones are cut. Zero means 16.
	Most int
	// Least is how wide each column is at least, and has the wide one take the room that is left, so that
	// tables that follow one another stand in line; nil makes each as wide as its texts.
	Least []int
	rows  []row
}

// A Cell is a text, and what it means.
type Cell struct {
	Text  string
	Color Color
}

// A row has cells, or is a note below the row before it.
type row struct {
	cells []Cell
	note  string
}

// Title adds the names of the columns.
func (t *Table) Title(names ...string) {
	cells := make([]Cell, len(names))
	for i, name := range names {
		cells[i] = Cell{name, Title}
	}
	t.Row(cells...)
}

// Row adds a row. All have as many cells.
func (t *Table) Row(cells ...Cell) {
	most := t.Most
	if most == 0 {
		most = 16
	}
	for i := range cells {
		cells[i].Text = core.Printable(cells[i].Text)
		if i != t.Wide {
			cells[i].Text = cut(cells[i].Text, most)
		}
	}
	t.rows = append(t.rows, row{cells: cells})
}

// Note adds a paragraph below the last row, indented.
func (t *Table) Note(text string) { t.rows = append(t.rows, row{note: text}) }

// gap is between two columns, noteIndent before a note.
const (
	gap        = 2
	noteIndent = 4
)

// Table writes the table.
func (s Screen) Table(t *Table) error {
	widths := t.widths(s.Width)
	for _, r := range t.rows {
		if r.cells == nil {
			if err := s.Paragraph("", Plain, noteIndent, r.note); err != nil {
				return err
			}
			continue
		}
		if _, err := io.WriteString(s.Out, s.line(r.cells, widths, t.Wide)); err != nil {
			return err
		}
	}
	return nil
}

// widths returns the width of each column: that of its longest text, but that the wide one gets only what
// the others leave, ten columns at the least.
func (t *Table) widths(total int) []int {
	widths := slices.Clone(t.Least)
	for _, r := range t.rows {
		for i, cell := range r.cells {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], width(cell.Text))
		}
	}
	left := total
	for i, w := range widths {
		if i != t.Wide {
			left -= w + gap
		}
	}
	switch {
	case t.Least != nil:
		widths[t.Wide] = max(left, 10)
	case len(widths) > 0:
		widths[t.Wide] = min(widths[t.Wide], max(left, 10))
	}
	return widths
}

// line returns a row as text, without blanks at the ends of its lines.
func (s Screen) line(cells []Cell, widths []int, wide int) string {
	var b strings.Builder
	at, column := 0, 0
	for i, cell := range cells {
		if cell.Text != "" {
			pad(&b, &at, column)
			b.WriteString(s.paint(cell.Text, cell.Color))
			at += width(cell.Text)
		}
		column += widths[i]
		if i == wide && at > column && slices.ContainsFunc(cells[i+1:], func(c Cell) bool { return c.Text != "" }) {
			b.WriteByte('\n')
			at = 0
		}
		column += gap
	}
	b.WriteByte('\n')
	return b.String()
}
