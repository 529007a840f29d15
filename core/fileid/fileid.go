// Package fileid tells whether a file is still the one that was read: by what the file
// system says of it, without reading it again.
package fileid

import (
	"strconv"
	"syscall"

	"github.com/sesame-auth/sesame/providers/concat"
)

// unreachable is the identity of a file that cannot be looked at.
func unreachable(err error) string {
	errno, _ := err.(syscall.Errno)
	return "error" + strconv.Itoa(int(errno))
}

// join builds an identity from the numbers of a stat.
func join(numbers ...int64) string {
	b := make([]byte, 0, 128) // it stays on the stack
	for _, n := range numbers {
		b = append(strconv.AppendInt(b, n, 36), '.')
	}
	return concat.Bytes(b)
}
