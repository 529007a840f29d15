// Package jsontext reads and writes the little JSON (RFC 8259) that the protocols
// speak. It exists because a front links neither encoding/json nor what that imports:
// see package providers.
//
// The reader is strict: a request that two parsers could read differently is
// refused, so that no other host is asked for than the one that was checked.
package jsontext

import (
	"bytes"
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxDepth bounds the nesting of arrays and objects.
const maxDepth = 64

// Strings reads text, which must be exactly one JSON object in UTF-8, and returns the
// strings under names, in their order; "" for one that is absent. Members of other names
// may hold anything and are ignored.
//
// It fails on text that is no such object, or that follows one, on a named member that is no
// string or occurs twice, on an escaped half of a surrogate pair, and on more than 64
// levels of nesting. Its errors do not repeat the text, which may hold a secret.
func Strings(text []byte, names ...string) ([]string, error) {
	values := make([]string, len(names))
	seen := make([]bool, len(names))
	var wrong error
	p := parser{text: text}
	ok := utf8.Valid(text) && p.object(1, func(name string) bool {
		i := slices.Index(names, name)
		if i < 0 {
			return p.value(1)
		}
		if seen[i] {
			wrong = errors.New(strconv.Quote(name) + " occurs twice")
			return false
		}
		seen[i] = true
		p.space()
		if p.at < len(text) && text[p.at] != '"' {
			wrong = errors.New(strconv.Quote(name) + " is not a string")
			return false
		}
		value, ok := p.string()
		values[i] = value
		return ok
	})
	p.space()
	switch {
	case wrong != nil:
		return nil, wrong
	case !ok || p.at < len(text):
		return nil, errors.New("not one JSON object: byte " + strconv.Itoa(p.at))
	}
	return values, nil
}

// A parser reads text from at. Its methods report whether they found what they are
// named after, and leave at behind it.
type parser struct {
	text []byte
	at   int
}

// value reads a value of any type inside depth arrays and objects.
func (p *parser) value(depth int) bool {
	p.space()
	if p.at == len(p.text) {
		return false
	}
	switch c := p.text[p.at]; {
	case c == '{':
		return p.object(depth+1, func(string) bool { return p.value(depth + 1) })
	case c == '[':
		return p.array(depth + 1)
	case c == '"':
		_, ok := p.string()
		return ok
	case c == '-' || isDigit(c):
		return p.number()
	}
	return p.word("true") || p.word("false") || p.word("null")
}

// object calls member behind the colon of each member, to read its value.
func (p *parser) object(depth int, member func(name string) bool) bool {
	if depth > maxDepth || !p.take('{') {
		return false
	}
	if p.take('}') {
		return true
	}
	for {
		name, ok := p.string()
		if !ok || !p.take(':') || !member(name) {
			return false
		}
		if p.take('}') {
			return true
		}
		if !p.take(',') {
			return false
		}
	}
}

func (p *parser) array(depth int) bool {
	if depth > maxDepth || !p.take('[') {
		return false
	}
	if p.take(']') {
		return true
	}
	for {
		if !p.value(depth) {
			return false
		}
		if p.take(']') {
			return true
		}
		if !p.take(',') {
			return false
		}
	}
}

// number follows RFC 8259, section 6.
func (p *parser) number() bool {
	p.char('-')
	if !p.char('0') && !p.digits() {
		return false
	}
	if p.char('.') && !p.digits() {
		return false
	}
	if p.char('e') || p.char('E') {
		_ = p.char('+') || p.char('-')
		return p.digits()
	}
	return true
}

func (p *parser) digits() bool {
	start := p.at
	for p.at < len(p.text) && isDigit(p.text[p.at]) {
		p.at++
	}
	return p.at > start
}

func (p *parser) word(word string) bool {
	found := bytes.HasPrefix(p.text[p.at:], []byte(word))
	if found {
		p.at += len(word)
	}
	return found
}

// take reads white space and then c.
func (p *parser) take(c byte) bool {
	p.space()
	return p.char(c)
}

func (p *parser) char(c byte) bool {
	found := p.at < len(p.text) && p.text[p.at] == c
	if found {
		p.at++
	}
	return found
}

func (p *parser) space() {
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
