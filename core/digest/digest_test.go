package digest

import (
	"crypto/sha256"
	"math/rand/v2"
	"testing"
)

// One wrong constant would still give stable names, and no other test would notice.
func TestSumIsSHA256(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for length := range 300 {
		message := make([]byte, length)
		for i := range message {
			message[i] = byte(random.Uint32())
		}
		before := string(message)
		if got, want := sum256(message), sha256.Sum256(message); got != want {
			t.Fatalf("length %d: got %x, want %x", length, got, want)
		}
		if string(message) != before {
			t.Fatalf("length %d: the message was changed", length)
		}
	}
}

func FuzzSumIsSHA256(f *testing.F) {
	f.Add([]byte("abc"))
	f.Fuzz(func(t *testing.T, message []byte) {
		if got, want := sum256(message), sha256.Sum256(message); got != want {
			t.Fatalf("got %x, want %x", got, want)
		}
	})
}

// Two routes whose parts only join to the same text must not share a token.
func TestSumKeepsPartsApart(t *testing.T) {
	sums := map[string][]string{}
	for _, parts := range [][]string{{"ab", "c"}, {"a", "bc"}, {"abc"}, {"abc", ""}, {"", "abc"}, {}} {
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
