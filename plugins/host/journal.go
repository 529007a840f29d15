package host

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/go-hclog"
)

const (
	// maxLine bounds a line of a plugin's stderr, in bytes.
	maxLine = 64 << 10
	// maxTail is how much of the end of its stderr an error shows, in bytes.
	maxTail = 2 << 10
)

// A journal takes the lines of a plugin's stderr, sends them on to the log and
// keeps the end of them for an error.
type journal struct {
	log    hclog.Logger
	filter *filter

	mu   sync.Mutex
	last []byte
}

func newJournal(log hclog.Logger, f *filter) *journal {
	j := &journal{log: log, filter: f}
	if j.log == nil {
		j.log = hclog.NewNullLogger()
	}
	return j
}

// add takes one line.
func (j *journal) add(line []byte) {
	level, text := parseLine(line)
	text = j.filter.clean(text)
	j.mu.Lock()
	defer j.mu.Unlock()
	j.log.Log(level, text)
	j.last = append(append(j.last, text...), '\n')
	if excess := len(j.last) - maxTail; excess > 0 {
		j.last = slices.Delete(j.last, 0, excess)
	}
}

// tail returns the end of what the plugin wrote, without the line that is cut.
func (j *journal) tail() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	text := string(j.last)
	if _, whole, cut := strings.Cut(text, "\n"); cut && len(text) == maxTail && whole != "" {
		text = whole
	}
	return strings.TrimSpace(strings.ToValidUTF8(text, "?"))
}

// parseLine returns the level and the text of a line: go-hclog's JSON has a level, and any
// other line is shown to those who debug.
func parseLine(line []byte) (level hclog.Level, text string) {
	var fields map[string]any
	if json.Unmarshal(line, &fields) != nil || fields["@message"] == nil {
		return hclog.Debug, string(line)
	}
	text = fmt.Sprint(fields["@message"])
	level = hclog.LevelFromString(fmt.Sprint(fields["@level"]))
	if level == hclog.NoLevel || level == hclog.Off {
		level = hclog.Info
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if !strings.HasPrefix(name, "@") {
			text += fmt.Sprintf(" %s=%v", name, fields[name])
		}
	}
	return level, text
}

// A lineWriter splits what is written to it into lines. A line over maxLine is
// dropped whole: a piece of one could hold a piece of a secret, which no filter knows.
type lineWriter struct {
	emit func(line []byte)

	mu   sync.Mutex
	line []byte
	long bool
}

// Write never fails.
func (w *lineWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for rest := p; len(rest) > 0; {
		part, after, ended := bytes.Cut(rest, []byte("\n"))
		rest = after
		if w.long = w.long || len(w.line)+len(part) > maxLine; w.long {
			part, w.line = nil, w.line[:0]
		}
		w.line = append(w.line, part...)
		if ended {
			w.end()
		}
	}
	return len(p), nil
}

// flush ends a last line that had no newline.
func (w *lineWriter) flush() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.long || len(w.line) > 0 {
		w.end()
	}
}

func (w *lineWriter) end() {
	if w.long {
		w.line = fmt.Appendf(w.line, "(a line of more than %d bytes)", maxLine)
	}
	w.emit(w.line)
	w.line, w.long = w.line[:0], false
}
