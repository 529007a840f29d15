package digest

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// sum256 takes in a message as it is, without the length of a part.
func sum256(message []byte) [32]byte {
	var h Hash
	h.write(string(message))
	return h.bytes()
}

// One wrong constant would still give stable names, and no other test would notice.
func TestSumIsSHA256(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for length := 1; length < 300; length++ {
		message := make([]byte, length)
		for i := range message {
			message[i] = byte(random.Uint32())
		}
		if got, want := sum256(message), sha256.Sum256(message); got != want {
			t.Fatalf("length %d: got %x, want %x", length, got, want)
		}
	}
	want := fmt.Sprintf("%x", sha256.Sum256([]byte("2:ab0:12:"+strings.Repeat("x", 12))))
	if got := Sum("ab", "", strings.Repeat("x", 12)); got != want {
		t.Errorf("got %s, want %s: each part after its length and a colon", got, want)
	}
}

func FuzzSumIsSHA256(f *testing.F) {
	f.Add([]byte("abc"))
	f.Fuzz(func(t *testing.T, message []byte) {
		if len(message) == 0 {
			return
		}
		if got, want := sum256(message), sha256.Sum256(message); got != want {
			t.Fatalf("got %x, want %x", got, want)
		}
	})
}

// Two routes whose parts only join to the same text must not share a token.
func TestSumKeepsPartsApart(t *testing.T) {
	sums := map[string][]string{}
	for _, parts := range [][]string{{"ab", "c"}, {"a", "bc"}, {"abc"}, {"abc", ""}, {"", "abc"}} {
		sum := Sum(parts...)
		if other, taken := sums[sum]; taken {
			t.Errorf("%q and %q have one sum", parts, other)
		}
		sums[sum] = parts
	}
}

func BenchmarkSum(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Sum("sesame key 1", "pyx", "built in", "", "PYX_API_URL", "https://api.pyx.dev")
	}
}
