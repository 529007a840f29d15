package routes

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// The compiled form. Its records are lists of fields, each ended by a NUL byte; in front
// of them stands where each begins, in the order of their first fields, which is
// what makes a binary search possible. A number in front is four bytes, the least
// significant first; a number in a record is decimal text.
//
//	"sesame routes 3\n"
//	length of the whole, number of routes, number of plugins, depth
//	where each record begins, and where the last one ends
//	record of the configuration: source, tolerance or "", audit log or ""
//	record of each route:        pattern, provider, username, tolerance or "", lifetime, line,
//	                             exclusive or "", number of options, and for each: name, kind, number of values, values
//	record of each plugin:       name, path, sha256, keeps or "", number of variables, variables
//	"end\n"
//
// The depth is the largest number of segments in a pattern's path: no more of a URL's
// path need be looked up. A change of the form changes the number in its first line.
const (
	magic   = "sesame routes 3\n"
	endMark = "end\n"

	counts     = 4 // the numbers after the magic
	headerSize = len(magic) + 4*counts
)

// Compile returns the configuration in the form that [Open] reads. It panics if a
// value holds a NUL byte, which core/config refuses.
func Compile(c Config) []byte {
	records := make([]string, 0, len(c.Routes)+len(c.Plugins)+1)
	records = append(records, join(c.Source, optional(c.Tolerance, c.HasTolerance), c.AuditLog))
	depth := 0
	for _, route := range c.Routes {
		records = append(records, routeRecord(route))
		depth = max(depth, strings.Count(route.Pattern.Path, "/"))
	}
	for _, plugin := range c.Plugins {
		records = append(records, pluginRecord(plugin))
	}
	slices.SortStableFunc(records[1:1+len(c.Routes)], compareFirst)
	slices.SortStableFunc(records[1+len(c.Routes):], compareFirst)

	at := headerSize + 4*(len(records)+1)
	size := at + len(endMark)
	for _, record := range records {
		size += len(record)
	}
	data := make([]byte, 0, size)
	data = append(data, magic...)
	for _, n := range []int{size, len(c.Routes), len(c.Plugins), depth} {
		data = appendNumber(data, n)
	}
	for _, record := range records {
		data = appendNumber(data, at)
		at += len(record)
	}
	data = appendNumber(data, at)
	for _, record := range records {
		data = append(data, record...)
	}
	return append(data, endMark...)
}

// compareFirst compares the first fields of two records.
func compareFirst(a, b string) int {
	a, _, _ = strings.Cut(a, "\x00")
	b, _, _ = strings.Cut(b, "\x00")
	return strings.Compare(a, b)
}

func routeRecord(r Route) string {
	fields := []string{
		r.Pattern.String(), r.Provider, r.Username, optional(r.Tolerance, r.HasTolerance),
		strconv.FormatInt(int64(r.Lifetime), 10), strconv.Itoa(r.Line), flag(r.Exclusive),
		strconv.Itoa(len(r.Options)),
	}
	for _, option := range r.Options {
		fields = append(fields, option.Name, string([]byte{byte(option.Kind)}), strconv.Itoa(len(option.Values)))
		fields = append(fields, option.Values...)
	}
	return join(fields...)
}

func pluginRecord(p Plugin) string {
	fields := []string{p.Name, p.Path, p.SHA256, flag(p.Keeps), strconv.Itoa(len(p.Variables))}
	return join(append(fields, p.Variables...)...)
}

// flag writes true as "1", and false as nothing.
func flag(set bool) string {
	if set {
		return "1"
	}
	return ""
}

// optional writes a duration in nanoseconds, or nothing.
func optional(d time.Duration, has bool) string {
	if !has {
		return ""
	}
	return strconv.FormatInt(int64(d), 10)
}

func join(fields ...string) string {
	for _, field := range fields {
		if strings.IndexByte(field, 0) >= 0 {
			panic("routes: Compile: a value holds a NUL byte")
		}
	}
	return strings.Join(fields, "\x00") + "\x00"
}

func appendNumber(b []byte, n int) []byte {
	return append(b, byte(n), byte(n>>8), byte(n>>16), byte(n>>24))
}
