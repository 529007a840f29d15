package routes

import (
	"strconv"
	"strings"
	"time"

	"github.com/sesame-auth/sesame/providers"
)

// fields reads a record. What is not there, or is no number where one must be,
// makes it damaged and reads as zero.
type fields struct {
	text    string
	damaged bool
}

func (f *fields) next() string {
	field, rest, ok := strings.Cut(f.text, "\x00")
	if !ok {
		f.damaged = true
		return ""
	}
	f.text = rest
	return field
}

func (f *fields) number() int64 {
	n, err := strconv.ParseInt(f.next(), 10, 64)
	if err != nil {
		f.damaged = true
	}
	return n
}

// optional reads a duration, or nothing.
func (f *fields) optional() (d time.Duration, ok bool) {
	field := f.next()
	if field == "" {
		return 0, false
	}
	n, err := strconv.ParseInt(field, 10, 64)
	if err != nil {
		f.damaged = true
	}
	return time.Duration(n), true
}

// count reads the number of fields that follow. A field takes a byte at least, so that a
// damaged number cannot ask for much memory.
func (f *fields) count() int {
	n := f.number()
	if n < 0 || n > int64(len(f.text)) {
		f.damaged = true
		return 0
	}
	return int(n)
}

// list reads a number of fields, and as many fields; nil if there are none.
func (f *fields) list() []string {
	n := f.count()
	if n == 0 {
		return nil
	}
	list := make([]string, n)
	for i := range list {
		list[i] = f.next()
	}
	return list
}

// done reports whether all of a sound record was read.
func (f *fields) done() bool { return !f.damaged && f.text == "" }

// decodeRoute reads a record that routeRecord wrote.
func decodeRoute(record string) (Route, bool) {
	f := fields{text: record}
	pattern, err := ParsePattern(f.next())
	r := Route{Pattern: pattern, Provider: f.next(), Username: f.next()}
	r.Tolerance, r.HasTolerance = f.optional()
	r.Lifetime = time.Duration(f.number())
	r.Line = int(f.number())
	r.Exclusive = f.next() != ""
	r.Options = f.options()
	if err != nil || !f.done() {
		return Route{}, false
	}
	return r, true
}

func (f *fields) options() providers.Options {
	n := f.count()
	if n == 0 {
		return nil
	}
	options := make(providers.Options, 0, min(n, 8))
	for range n {
		option := providers.Option{Name: f.next()}
		if kind := f.next(); len(kind) == 1 {
			option.Kind = providers.OptionKind(kind[0])
		} else {
			f.damaged = true
		}
		option.Values = f.list()
		if f.damaged {
			return nil
		}
		options = append(options, option)
	}
	return options
}

// decodePlugin reads a record that pluginRecord wrote.
func decodePlugin(record string) (Plugin, bool) {
	f := fields{text: record}
	p := Plugin{Name: f.next(), Path: f.next(), SHA256: f.next(), Keeps: f.next() != "", Variables: f.list()}
	if !f.done() {
		return Plugin{}, false
	}
	return p, true
}
