// Package fileid tells whether a file is still the one that was read: by what the file
// system says of it, without reading it again.
package fileid

import "strconv"

// join builds an identity from the numbers of a stat.
func join(numbers ...int64) string {
	b := make([]byte, 0, 128) // one allocation
	for _, n := range numbers {
		b = append(strconv.AppendInt(b, n, 36), '.')
	}
	return string(b)
}
