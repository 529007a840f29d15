package git

import "strings"

// decodeBase64 reads the encoding of RFC 4648, section 4, with its padding and without anything
// else; bits that stand for nothing must be zero. It is here because package encoding/base64
// builds its tables at every start of a program that links it.
func decodeBase64(s string) (text string, ok bool) {
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	if len(s)%4 != 0 {
		return "", false
	}
	body := strings.TrimSuffix(strings.TrimSuffix(s, "="), "=")
	decoded := make([]byte, 0, len(body)*3/4)
	var bits, n uint // the bits that are read and not yet written, and how many
	for i := range len(body) {
		digit := strings.IndexByte(digits, body[i])
		if digit < 0 {
			return "", false
		}
		bits, n = bits<<6|uint(digit), n+6
		if n >= 8 {
			n -= 8
			decoded = append(decoded, byte(bits>>n))
			bits &= 1<<n - 1
		}
	}
	return string(decoded), bits == 0
}
