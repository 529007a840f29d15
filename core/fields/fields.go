// Package fields reads and writes the text that sesame keeps on disk and sends from a
// front to the refresher: a first line that says what it is, then one
// "name value" line each, then "end", so that a cut text is known for one. Values are
// quoted as Go strings, or numbers.
//
// It is not encoding/json because that package costs a front 7 % of its CPU time.
package fields

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// A Writer appends fields to a text.
type Writer struct {
	text []byte
}

// NewWriter begins a text of the given kind, "sesame token 1" say.
func NewWriter(kind string) *Writer {
	return &Writer{text: append(make([]byte, 0, 1024), kind+"\n"...)}
}

// String appends a string; the empty string is left out.
func (w *Writer) String(name, value string) {
	if value == "" {
		return
	}
	w.text = append(append(w.text, name...), ' ')
	w.text = append(strconv.AppendQuote(w.text, value), '\n')
}

// Int appends a number; zero is left out.
func (w *Writer) Int(name string, value int64) {
	if value == 0 {
		return
	}
	w.text = append(append(w.text, name...), ' ')
	w.text = append(strconv.AppendInt(w.text, value, 10), '\n')
}

// Time appends a moment as nanoseconds since 1970; the zero time is left out.
func (w *Writer) Time(name string, value time.Time) {
	if !value.IsZero() {
		w.Int(name, value.UnixNano())
	}
}

// Bytes ends the text and returns it.
func (w *Writer) Bytes() []byte { return append(w.text, "end\n"...) }

// ErrDamaged is the error of Read for a text that no Writer wrote, or not to its end.
var ErrDamaged = errors.New("damaged")

// Read calls field for each field of a text of the given kind, in their order. Its
// errors repeat nothing of the text, which may hold secrets.
func Read(text, kind string, field func(name string, value Value) error) error {
	first, rest, ok := strings.Cut(text, "\n")
	if !ok || first != kind {
		return ErrDamaged
	}
	for {
		line, after, ok := strings.Cut(rest, "\n")
		if !ok {
			return ErrDamaged
		}
		if line == "end" {
			if after != "" {
				return ErrDamaged
			}
			return nil
		}
		name, value, ok := strings.Cut(line, " ")
		if !ok || name == "" {
			return ErrDamaged
		}
		if err := field(name, Value(value)); err != nil {
			return err
		}
		rest = after
	}
}

// A Value is the text of a field, not yet read.
type Value string

// String reads a string into dst.
func (v Value) String(dst *string) error {
	text, err := strconv.Unquote(string(v))
	if err != nil || v[0] != '"' {
		return ErrDamaged
	}
	*dst = text
	return nil
}

// AppendTo reads a string and appends it to dst.
func (v Value) AppendTo(dst *[]string) error {
	var text string
	err := v.String(&text)
	*dst = append(*dst, text)
	return err
}

// Int reads a number into dst.
func (v Value) Int(dst *int64) error {
	n, err := strconv.ParseInt(string(v), 10, 64)
	if err != nil {
		return ErrDamaged
	}
	*dst = n
	return nil
}

// Time reads a moment into dst.
func (v Value) Time(dst *time.Time) error {
	var n int64
	if err := v.Int(&n); err != nil {
		return err
	}
	*dst = time.Unix(0, n)
	return nil
}
