package routes

import (
	"bytes"
	"errors"
	"iter"
	"strings"
	"time"

	"github.com/sesame-auth/sesame/providers"
	"github.com/sesame-auth/sesame/providers/concat"
)

// A Table is a compiled configuration. It reads its bytes only where a search leads, so
// that a request costs the same with ten routes and with ten thousand. It may be
// used by several goroutines at once. The zero Table has no routes.
type Table struct {
	data                   []byte
	routes, plugins, depth int
}

var errTable = errors.New("compiled routes: damaged, or of another version")

// Open returns the table in data, which it keeps and which must not change. It checks the
// frame in constant time: the version, the length, the bounds of the index, the end mark. A
// record that is damaged inside a sound frame is not found; nothing panics.
func Open(data []byte) (Table, error) {
	if len(data) < headerSize+len(endMark) || !bytes.HasPrefix(data, []byte(magic)) ||
		!bytes.HasSuffix(data, []byte(endMark)) {
		return Table{}, errTable
	}
	size := number(data, len(magic))
	routes, plugins := number(data, len(magic)+4), number(data, len(magic)+8)
	index := 4 * (1 + routes + plugins + 1)
	if size != uint64(len(data)) || index > size-uint64(headerSize+len(endMark)) {
		return Table{}, errTable
	}
	depth := min(number(data, len(magic)+12), size)
	t := Table{data: data, routes: int(routes), plugins: int(plugins), depth: int(depth)}
	if len(t.record(0)) == 0 {
		return Table{}, errTable
	}
	return t, nil
}

// Source returns what [Config.Source] was.
func (t Table) Source() string {
	f := fields{text: concat.Bytes(t.record(0))}
	return f.next()
}

// Tolerance returns the configuration's default tolerance, if it has one.
func (t Table) Tolerance() (tolerance time.Duration, ok bool) {
	f := fields{text: concat.Bytes(t.record(0))}
	f.next()
	tolerance, ok = f.optional()
	return tolerance, ok && !f.damaged
}

// AuditLog returns what [Config.AuditLog] was. Every request asks, and most have none: nothing is copied to
// find that out.
func (t Table) AuditLog() string {
	record := t.record(0)
	for range 2 {
		_, record, _ = bytes.Cut(record, []byte{0})
	}
	path, _, ok := bytes.Cut(record, []byte{0})
	if !ok {
		return ""
	}
	return string(path)
}

// Find returns the most specific route that matches u, as [Pattern.Matches] and
// [Pattern.Compare] have it. u must come from [providers.ParseURL].
//
// The patterns that match a URL are few and known: its host, or "*." and a part of it,
// with the path or some of its first segments, or "*". Find looks each up, the most
// specific first.
func (t Table) Find(u providers.URL) (Route, bool) {
	if u.Host == "" {
		return Route{}, false
	}
	path, ok := CleanPath(u.Path)
	if !ok {
		path = ""
	}
	p := Pattern{Scheme: u.Scheme, Host: u.Host, Port: u.Port, Path: firstSegments(path, t.depth)}
	for {
		if i, ok := t.findPath(p); ok {
			return t.route(i)
		}
		_, parent, ok := strings.Cut(p.Host, ".")
		if !ok {
			return t.findEvery(u)
		}
		p.Wildcard, p.Host = true, parent
	}
}

// findEvery returns the route for every host.
func (t Table) findEvery(u providers.URL) (Route, bool) {
	p := Pattern{Scheme: u.Scheme, Wildcard: true}
	i, ok := t.findPath(p)
	if p.Scheme = "https"; !ok && p.Matches(u) {
		i, ok = t.findPath(p)
	}
	if !ok {
		return Route{}, false
	}
	return t.route(i)
}

// findPath returns the record of the longest path that is p's or above it, for p's
// very host.
func (t Table) findPath(p Pattern) (record int, ok bool) {
	var room [256]byte
	name := p.appendTo(room[:0])
	for end := len(name) - len(p.Path); ; {
		if i, ok := t.search(1, t.routes, append(name, 0)); ok {
			return i, true
		}
		if len(name) == end {
			return 0, false
		}
		name = name[:bytes.LastIndexByte(name, '/')]
	}
}

// Plugin returns the plugin of that name.
func (t Table) Plugin(name string) (Plugin, bool) {
	i, ok := t.search(1+t.routes, t.plugins, append([]byte(name), 0))
	if !ok {
		return Plugin{}, false
	}
	return decodePlugin(string(t.record(i)))
}

// All returns every route, in the order of their patterns' text.
func (t Table) All() iter.Seq[Route] {
	return func(yield func(Route) bool) {
		for i := range t.routes {
			if route, ok := t.route(1 + i); ok && !yield(route) {
				return
			}
		}
	}
}

func (t Table) route(i int) (Route, bool) { return decodeRoute(string(t.record(i))) }

// search returns the first of n records from start on that begins with prefix, which is a field with
// its NUL: since NUL sorts before every other byte, so do records and fields alike.
func (t Table) search(start, n int, prefix []byte) (record int, ok bool) {
	low, high := start, start+n
	for low < high {
		middle := int(uint(low+high) / 2)
		if bytes.Compare(t.record(middle), prefix) < 0 {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low, low < start+n && bytes.HasPrefix(t.record(low), prefix)
}

// record returns the bytes of a record; none where the index is damaged.
func (t Table) record(i int) []byte {
	if len(t.data) == 0 {
		return nil
	}
	from, to := number(t.data, headerSize+4*i), number(t.data, headerSize+4*(i+1))
	if from > to || to > uint64(len(t.data)-len(endMark)) {
		return nil
	}
	return t.data[from:to]
}

// number reads four bytes at a place that the caller knows to exist.
func number(data []byte, at int) uint64 {
	b := data[at : at+4]
	return uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24
}

// firstSegments returns the first n segments of a clean path.
func firstSegments(path string, n int) string {
	for i := range len(path) {
		if path[i] != '/' {
			continue
		}
		if n == 0 {
			return path[:i]
		}
		n--
	}
	return path
}
