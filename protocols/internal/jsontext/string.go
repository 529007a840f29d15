package jsontext

import (
	"strconv"
	"unicode/utf8"

	"github.com/sesame-auth/sesame/providers/concat"
)

// string reads a string and decodes its escapes.
func (p *parser) string() (value string, ok bool) {
	if !p.take('"') {
		return "", false
	}
	start := p.at
	var decoded []byte // nil until there is an escape
	for p.at < len(p.text) {
		switch c := p.text[p.at]; {
		case c < ' ':
			return "", false
		case c == '"':
			last := p.text[start:p.at]
			p.at++
			if decoded == nil {
				return concat.Bytes(last), true
			}
			return string(append(decoded, last...)), true
		case c == '\\':
			decoded = append(decoded, p.text[start:p.at]...)
			p.at++
			if decoded, ok = p.escape(decoded); !ok {
				return "", false
			}
			start = p.at
		default:
			p.at++
		}
	}
	return "", false
}

// escape appends the character whose escape follows a backslash.
func (p *parser) escape(dst []byte) (_ []byte, ok bool) {
	if p.at == len(p.text) {
		return dst, false
	}
	c := p.text[p.at]
	p.at++
	switch c {
	case '"', '\\', '/':
		return append(dst, c), true
	case 'b':
		return append(dst, '\b'), true
	case 'f':
		return append(dst, '\f'), true
	case 'n':
		return append(dst, '\n'), true
	case 'r':
		return append(dst, '\r'), true
	case 't':
		return append(dst, '\t'), true
	case 'u':
		r, ok := p.unicode()
		return utf8.AppendRune(dst, r), ok
	}
	return dst, false
}

// unicode reads four hexadecimal digits, and the second half of a surrogate pair
// where they are the first.
func (p *parser) unicode() (rune, bool) {
	r, ok := p.hex4()
	if !ok || r < 0xd800 || r > 0xdfff {
		return r, ok
	}
	if r > 0xdbff || !p.char('\\') || !p.char('u') {
		return 0, false
	}
	low, ok := p.hex4()
	if !ok || low < 0xdc00 || low > 0xdfff {
		return 0, false
	}
	return 0x10000 + (r-0xd800)<<10 + (low - 0xdc00), true
}

func (p *parser) hex4() (rune, bool) {
	if len(p.text)-p.at < 4 {
		return 0, false
	}
	n, err := strconv.ParseUint(string(p.text[p.at:p.at+4]), 16, 16)
	if err != nil {
		return 0, false
	}
	p.at += 4
	return rune(n), true
}

// AppendString appends s to dst as a JSON string. Bytes of s that are not UTF-8
// become U+FFFD: who must not change s checks it first.
func AppendString(dst []byte, s string) []byte {
	return append(AppendEscaped(append(dst, '"'), s), '"')
}

// AppendEscaped is AppendString without the quotes, for a string of several parts.
func AppendEscaped(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r < ' ' || r == 0x7f:
			dst = append(dst, '\\', 'u', '0', '0', hex[r>>4], hex[r&15])
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return dst
}
