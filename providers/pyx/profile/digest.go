package profile

import "math/bits"

// Digest returns the name that uv gives to a directory or file that belongs to
// text: SeaHash 4.1 of the text and one byte 0xff, its eight bytes from the lowest, in
// hexadecimal. It hides nothing: SeaHash is no cryptographic hash.
func Digest(text string) string {
	hash := bits.ReverseBytes64(seaHash(text + "\xff"))
	const digits = "0123456789abcdef"
	var name [16]byte
	for i := range name {
		name[i] = digits[hash>>(60-4*i)&0xf]
	}
	return string(name[:])
}

// seaHash is SeaHash of its reference implementation, version 4.1, with the
// default seeds: four lanes that take turns at words of eight bytes, lowest byte first,
// the last one filled up with zeros.
func seaHash(text string) uint64 {
	lanes := [4]uint64{0x16f11fe89b0d677c, 0xb480a793d8e6c86c, 0x6fe2e5aaf078ebc9, 0x14f994a4c5259381}
	for i := 0; i < len(text); i += 8 {
		var word uint64
		for j := i; j < min(i+8, len(text)); j++ {
			word |= uint64(text[j]) << (8 * (j - i))
		}
		lane := &lanes[i/8%4]
		*lane = diffuse(*lane ^ word)
	}
	return diffuse(lanes[0] ^ lanes[1] ^ lanes[2] ^ lanes[3] ^ uint64(len(text)))
}

func diffuse(x uint64) uint64 {
	const prime = 0x6eed0e9da4d94a4f
	x *= prime
	x ^= x >> 32 >> (x >> 60)
	return x * prime
}
