// Package concat makes strings in one small piece of memory that every process has from its start.
//
// It is for what a front makes on the way to an answer: paths, names, a URL. There each size of object that the Go heap has not
// met before costs two page faults, and a hit would make strings of five sizes. docs/performance.md has the measurement.
// What it makes stays until the process ends.
package concat

import (
	"strings"
	"sync/atomic"
	"unsafe"
)

// room is what all strings of a hit need, and twice that.
const room = 2048

var (
	memory [room]byte
	used   atomic.Uint32 // of memory; each byte belongs to one string, for good
)

// Strings returns the parts as one string. Where there is no room left it is made on the heap, as by [strings.Join].
func Strings(parts ...string) string {
	length := 0
	for _, part := range parts {
		length += len(part)
	}
	to := take(length)
	if to == nil {
		return strings.Join(parts, "")
	}
	filled := 0
	for _, part := range parts {
		filled += copy(to[filled:], part)
	}
	return text(to)
}

// Bytes returns bytes as a string.
func Bytes(b []byte) string {
	to := take(len(b))
	if to == nil {
		return string(b)
	}
	copy(to, b)
	return text(to)
}

// take returns so many bytes that nobody else has; nil if there are not as many left.
func take(length int) []byte {
	for {
		before := used.Load()
		if length == 0 || length > room-int(before) {
			return nil
		}
		after := before + uint32(length)
		if used.CompareAndSwap(before, after) {
			return memory[before:after:after]
		}
	}
}

// text makes a string of bytes that nobody changes any more.
func text(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
