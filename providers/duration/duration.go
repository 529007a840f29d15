// Package duration reads durations as Go writes them: "90s", "1h30m", "1.5h".
//
// It stands in for time.ParseDuration in what the fronts link: that function keeps its
// units in a map, which every program that links it builds at its start.
package duration

import (
	"math/bits"
	"time"
)

// Parse returns the duration that text names, as time.ParseDuration does for one
// without a sign. ok is false where that fails.
func Parse(text string) (d time.Duration, ok bool) {
	if text == "0" {
		return 0, true
	}
	var total uint64
	for more := true; more; more = text != "" {
		whole, rest, digits, fits := number(text)
		fraction, scale := uint64(0), 1.0
		if rest != "" && rest[0] == '.' {
			var places int
			if fraction, scale, rest, places = decimals(rest[1:]); places == 0 && digits == 0 {
				return 0, false
			}
			digits += places
		}
		size, after := unit(rest)
		high, low := bits.Mul64(whole, size)
		total += low + uint64(float64(fraction)*(float64(size)/scale))
		if !fits || digits == 0 || size == 0 || high != 0 || low > 1<<63-1 || total > 1<<63-1 {
			return 0, false
		}
		text = after
	}
	return time.Duration(total), true
}

// number reads the digits at the start of text.
func number(text string) (n uint64, rest string, digits int, fits bool) {
	for digits < len(text) && text[digits] >= '0' && text[digits] <= '9' {
		if n > (1<<63)/10 {
			return 0, text, digits, false
		}
		n = n*10 + uint64(text[digits]-'0')
		digits++
	}
	return n, text[digits:], digits, n <= 1<<63
}

// decimals reads the digits after a point: n/scale. Digits that no duration shows are dropped.
func decimals(text string) (n uint64, scale float64, rest string, digits int) {
	scale = 1
	for full := false; digits < len(text) && text[digits] >= '0' && text[digits] <= '9'; digits++ {
		next := n*10 + uint64(text[digits]-'0')
		if full = full || n > (1<<63-1)/10 || next > 1<<63; !full {
			n, scale = next, scale*10
		}
	}
	return n, scale, text[digits:], digits
}

// unit reads the unit at the start of text, in nanoseconds; zero if there is none.
func unit(text string) (size uint64, rest string) {
	end := 0
	for end < len(text) && text[end] != '.' && (text[end] < '0' || text[end] > '9') {
		end++
	}
	switch text[:end] {
	case "ns":
		size = 1
	case "us", "µs", "μs":
		size = uint64(time.Microsecond)
	case "ms":
		size = uint64(time.Millisecond)
	case "s":
		size = uint64(time.Second)
	case "m":
		size = uint64(time.Minute)
	case "h":
		size = uint64(time.Hour)
	}
	return size, text[end:]
}
