// Package digest names things by SHA-256 (FIPS 180-4): the keys of stored tokens
// and the fingerprints of refused ones.
//
// It exists because a front may not link crypto/sha256: that package's closure runs
// 19 package initialisers, a tenth of the CPU time of an empty Go program, on every
// request of every tool. Its tests compare it with crypto/sha256.
package digest

import (
	"math/bits"

	"github.com/sesame-auth/sesame/providers/concat"
)

// A Hash takes in parts and gives their SHA-256. The zero value is ready. It needs no memory but
// its own: each size of an allocation is two page faults in a process that has made none.
type Hash struct {
	state  [8]uint32
	buf    [64]byte
	filled int
	length uint64 // of the message so far, in bytes
}

// Add takes in a part. Each counts with its length, so that ("ab", "c") and ("a", "bc") differ.
func (h *Hash) Add(part string) {
	var digits [20]byte
	n := len(digits)
	for length := len(part); ; length /= 10 {
		n--
		digits[n] = byte('0' + length%10)
		if length < 10 {
			break
		}
	}
	h.write(string(digits[n:]))
	h.write(":")
	h.write(part)
}

// Sum returns the SHA-256 of the parts in lower-case hexadecimal. No more can be added.
func (h *Hash) Sum() string {
	const hex = "0123456789abcdef"
	var text [64]byte
	for i, b := range h.bytes() {
		text[2*i], text[2*i+1] = hex[b>>4], hex[b&15]
	}
	return concat.Bytes(text[:])
}

// Sum returns the SHA-256 of the parts in lower-case hexadecimal.
func Sum(parts ...string) string {
	var h Hash
	for _, part := range parts {
		h.Add(part)
	}
	return h.Sum()
}

// write takes in text.
func (h *Hash) write(text string) {
	if h.length == 0 {
		// FIPS 180-4, section 5.3.3.
		h.state = [8]uint32{
			0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
			0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
		}
	}
	h.length += uint64(len(text))
	for text != "" {
		n := copy(h.buf[h.filled:], text)
		text = text[n:]
		if h.filled += n; h.filled == len(h.buf) {
			block(&h.state, &h.buf)
			h.filled = 0
		}
	}
}

// bytes pads the message (section 5.1.1) and returns its digest. The message is not empty.
func (h *Hash) bytes() (out [32]byte) {
	bits := h.length * 8
	for h.write("\x80"); h.filled != 56; {
		h.write("\x00")
	}
	var end [8]byte
	for i := range end {
		end[i] = byte(bits >> (56 - 8*i))
	}
	h.write(string(end[:]))
	for i, word := range h.state {
		out[4*i], out[4*i+1], out[4*i+2], out[4*i+3] =
			byte(word>>24), byte(word>>16), byte(word>>8), byte(word)
	}
	return out
}

// block runs the compression function of section 6.2.2 over 64 bytes.
func block(h *[8]uint32, p *[64]byte) {
	var w [64]uint32
	for i := range 16 {
		w[i] = uint32(p[4*i])<<24 | uint32(p[4*i+1])<<16 | uint32(p[4*i+2])<<8 | uint32(p[4*i+3])
	}
	rotr := func(x uint32, n int) uint32 { return bits.RotateLeft32(x, -n) }
	for i := 16; i < 64; i++ {
		s0 := rotr(w[i-15], 7) ^ rotr(w[i-15], 18) ^ w[i-15]>>3
		s1 := rotr(w[i-2], 17) ^ rotr(w[i-2], 19) ^ w[i-2]>>10
		w[i] = w[i-16] + s0 + w[i-7] + s1
	}
	a, b, c, d, e, f, g, x := h[0], h[1], h[2], h[3], h[4], h[5], h[6], h[7]
	for i := range 64 {
		t1 := x + (rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25)) + (e&f ^ ^e&g) + k[i] + w[i]
		t2 := (rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22)) + (a&b ^ a&c ^ b&c)
		a, b, c, d, e, f, g, x = t1+t2, a, b, c, d+t1, e, f, g
	}
	for i, v := range [8]uint32{a, b, c, d, e, f, g, x} {
		h[i] += v
	}
}

// k holds the constants of section 4.2.2.
var k = [64]uint32{
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
}
