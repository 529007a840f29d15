package config

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"
)

// A table is one table of the file.
type table struct {
	file   *file
	path   string // where it is, for lines
	key    string // its own name, in a [plugin.NAME]
	title  string // how messages call it; "" for the file
	values map[string]any
}

// line returns where a key of the table stands.
func (t table) line(key string) int {
	if line, ok := t.file.lines[below(t.path, key)]; ok {
		return line
	}
	return t.start()
}

// start returns where the table itself stands.
func (t table) start() int { return max(t.file.lines[t.path], 1) }

// report notes a problem with the value of a key.
func (t table) report(key, format string, args ...any) {
	t.file.report(t.line(key), "%s: %s", key, fmt.Sprintf(format, args...))
}

// know reports every key that is not among the known ones.
func (t table) know(keys []Key) {
	known := names(keys)
	for _, key := range slices.Sorted(maps.Keys(t.values)) {
		switch {
		case slices.Contains(known, key):
		case t.title == "":
			t.file.report(t.line(key), "unknown key %s: known are %s", quote(key), strings.Join(known, ", "))
		case slices.Contains(names(topKeys), key):
			// Whoever adds a line at the end of the file adds it to the last table.
			t.file.report(t.line(key), "%s is not a key of %s: put the line at the top of the file", key, t.title)
		default:
			t.file.report(t.line(key), "unknown key %s in %s: known are %s", quote(key), t.title, strings.Join(known, ", "))
		}
	}
}

// need reports that a key is missing; hint says what it could be.
func (t table) need(key, hint string) {
	if _, ok := t.values[key]; !ok {
		t.file.report(t.start(), "%s has no %s: %s", t.title, key, hint)
	}
}

// text returns a string without control characters; ok is false if the key is absent or wrong.
func (t table) text(key string) (value string, ok bool) {
	v, ok := t.values[key]
	if !ok {
		return "", false
	}
	value, ok = v.(string)
	switch {
	case !ok:
		t.report(key, "want a string")
	case strings.ContainsFunc(value, unicode.IsControl):
		t.report(key, "a control character is not allowed")
		ok = false
	}
	return value, ok
}

// auditLog returns the file of the audit log. A "~/" stays: the home is that of whoever starts the tool.
func (t table) auditLog() string {
	name, ok := t.text("audit_log")
	rest, home := strings.CutPrefix(name, "~/")
	good := filepath.IsAbs(name) && filepath.Clean(name) == name
	if home {
		rest = filepath.FromSlash(rest)
		good = filepath.IsLocal(rest) && filepath.Clean(rest) == rest && rest != "."
	}
	if ok && !good {
		t.report("audit_log", `want an absolute path without "." or "..", or one that begins with "~/"`)
	}
	return name
}

// boolean returns true or false; false if the key is absent or wrong.
func (t table) boolean(key string) bool {
	v, ok := t.values[key]
	if !ok {
		return false
	}
	value, ok := v.(bool)
	if !ok {
		t.report(key, "want true or false")
	}
	return value
}

// texts returns a list of strings; nil if the key is absent or wrong.
func (t table) texts(key string) []string {
	v, ok := t.values[key]
	if !ok {
		return nil
	}
	texts, ok := stringList(v)
	if !ok {
		t.report(key, "want a list of strings")
	}
	return texts
}

// stringList returns v as a list of strings, if it is one.
func stringList(v any) (texts []string, ok bool) {
	list, ok := v.([]any)
	if !ok {
		return nil, false
	}
	for _, element := range list {
		text, ok := element.(string)
		if !ok {
			return nil, false
		}
		texts = append(texts, text)
	}
	return texts, true
}

// duration returns a duration from least to most; bounds says the same in words.
func (t table) duration(key string, least, most time.Duration, bounds string) (d time.Duration, ok bool) {
	v, ok := t.values[key]
	if !ok {
		return 0, false
	}
	text, _ := v.(string)
	d, err := time.ParseDuration(text)
	if err != nil || d < least || d > most {
		t.report(key, "want a duration %s", bounds)
		return 0, false
	}
	return d, true
}

func (t table) tolerance() (d time.Duration, ok bool) {
	return t.duration("refresh_tolerance", 0, maxTolerance, `from 0s to 24h, such as "5m"`)
}

// tables returns the tables in the table of that key, [KEY.NAME], in the order of their names.
func (t table) tables(key string) []table {
	v, ok := t.values[key]
	if !ok {
		return nil
	}
	all, ok := v.(map[string]any)
	if !ok {
		t.report(key, "want tables: [%s.NAME]", key)
		return nil
	}
	var tables []table
	path := below(t.path, key)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		values, ok := all[name].(map[string]any)
		child := table{file: t.file, path: below(path, name), key: name, values: values}
		child.title = "[" + key + "." + printable(shorten(name)) + "]"
		if !ok {
			t.file.report(child.start(), "%s: want a table: [%s.NAME]", key, key)
			continue
		}
		tables = append(tables, child)
	}
	return tables
}

// elements returns the tables of the array of that key, [[KEY]], in the order of the file.
func (t table) elements(key string) []table {
	v, ok := t.values[key]
	if !ok {
		return nil
	}
	title := "[[" + key + "]]"
	list, ok := v.([]any)
	if !ok {
		t.report(key, "want %s, with two brackets", title)
		return nil
	}
	var tables []table
	path := below(t.path, key)
	for i, v := range list {
		values, ok := v.(map[string]any)
		if !ok {
			t.report(key, "want tables: %s", title)
			return nil
		}
		tables = append(tables, table{file: t.file, path: element(path, i), title: title, values: values})
	}
	return tables
}
