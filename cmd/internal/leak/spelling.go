package leak

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	// shortest is how long a secret must be, in bytes, to be told from other text.
	shortest = 4
	// shortestCode is the same for what base64 makes of one.
	shortestCode = 6
	// long is from where on a secret is looked for in halves: a message that was cut has one of them.
	long = 32
)

// spellings returns what programs print of a secret: as it is, in hexadecimal, as numbers, and
// what base64 makes of it wherever it stands in a longer text.
func spellings(secret string) (all []string) {
	for _, part := range parts(secret) {
		digits := hex.EncodeToString([]byte(part))
		numbers := strings.Trim(fmt.Sprint([]byte(part)), "[]")
		all = append(all, part, digits, strings.ToUpper(digits), numbers)
		for offset := range 3 {
			for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
				if code := encode(encoding, part, offset); len(code) >= shortestCode {
					all = append(all, code)
				}
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func parts(secret string) []string {
	if len(secret) < long {
		return []string{secret}
	}
	return []string{secret[:len(secret)/2], secret[len(secret)/2:]}
}

// encode returns the base64 of a text that stands offset bytes behind a multiple of three. The
// characters at both ends, which depend on what stands beside it, are left out.
func encode(encoding *base64.Encoding, text string, offset int) string {
	code := encoding.EncodeToString(append(make([]byte, offset), text...))
	first, end := (offset*8+5)/6, (offset+len(text))*8/6
	return code[min(first, end):end]
}

// readings returns the text as it is and without what escaped it: the backslashes of JSON and Go, also of
// one within the other, percent-encoding (RFC 3986, section 2.1), both, and the blanks and line
// ends in dumps and wrapped base64.
func readings(text string) []string {
	all := []string{text}
	for range 2 {
		if last := all[len(all)-1]; strings.Contains(last, `\`) {
			all = append(all, unquote(last))
		}
	}
	for _, one := range slices.Clone(all) {
		if strings.Contains(one, "%") {
			all = append(all, unescape(one))
		}
	}
	return append(all, strings.Join(strings.Fields(text), ""))
}

// unescape decodes each percent-encoded byte, and leaves what is none.
func unescape(text string) string {
	var plain strings.Builder
	for {
		before, rest, found := strings.Cut(text, "%")
		plain.WriteString(before)
		if !found {
			return plain.String()
		}
		text = rest
		if b, err := hex.DecodeString(rest[:min(2, len(rest))]); err == nil && len(b) == 1 {
			plain.WriteByte(b[0])
			text = rest[2:]
		} else {
			plain.WriteByte('%')
		}
	}
}

// digits says how many follow a backslash and this letter.
var digits = map[byte]int{'x': 2, 'u': 4, 'U': 8}

// letters are the escapes that stand for something else than themselves.
var letters = map[byte]byte{'n': '\n', 'r': '\r', 't': '\t', 'a': '\a', 'b': '\b', 'f': '\f', 'v': '\v'}

// unquote decodes each escape of a JSON or Go string, and leaves what is none.
func unquote(text string) string {
	var plain strings.Builder
	for {
		before, rest, found := strings.Cut(text, `\`)
		plain.WriteString(before)
		if !found || rest == "" {
			return plain.String()
		}
		text = rest[1:]
		if n := digits[rest[0]]; n > 0 && len(text) >= n {
			if number, err := strconv.ParseUint(text[:n], 16, 32); err == nil {
				plain.Write(coded(rest[0], number))
				text = text[n:]
				continue
			}
		}
		letter, ok := letters[rest[0]]
		if !ok {
			letter = rest[0]
		}
		plain.WriteByte(letter)
	}
}

// coded returns the bytes that an escape stands for: \x is a byte, the others are characters.
func coded(letter byte, number uint64) []byte {
	if letter == 'x' {
		return []byte{byte(number)}
	}
	return utf8.AppendRune(nil, rune(number))
}

// A hidden is a secret with its spellings.
type hidden struct {
	secret    string
	spellings []string
}

func hide(secret string) hidden { return hidden{secret, spellings(secret)} }

// around is how much of a text is shown on either side of a secret, in bytes.
const around = 200

// within returns what stands around the secret in one of the texts, in any spelling.
func (h hidden) within(readings []string) (excerpt string, found bool) {
	for _, text := range readings {
		for _, spelling := range h.spellings {
			if at := strings.Index(text, spelling); at >= 0 {
				return text[max(0, at-around):min(len(text), at+len(spelling)+around)], true
			}
		}
	}
	return "", false
}

// Holds reports whether the text has the secret in any spelling, or one half of it if it is long.
func Holds(text, secret string) bool {
	_, found := hide(secret).within(readings(text))
	return found
}
