//go:build linux

package bench

import (
	"fmt"
	"time"

	"github.com/sesame-auth/sesame/cmd/internal/cost"
)

// slow is how long a hit may take before it counts as one that grows with what is stored, and is run ten
// times only.
const slow = 50 * time.Millisecond

// grow measures a hit with more and more routes, and with more and more stored tokens.
func (l *lab) grow() error {
	variants := []variant{{name: "empty Go program", program: l.empty}}
	for _, n := range l.growth {
		routes, err := l.grown(fmt.Sprintf("%d routes", n), n, 0)
		if err != nil {
			return err
		}
		tokens, err := l.grown(fmt.Sprintf("%d stored tokens", n), 10, n)
		if err != nil {
			return err
		}
		variants = append(variants, routes, tokens)
	}
	rounds := max(l.rounds/2, 3)
	for _, v := range variants {
		usage, err := v.program.Run()
		if err != nil {
			return err
		}
		if usage.Wall > slow {
			rounds = min(rounds, 10)
		}
	}
	rows, err := measure(variants, rounds)
	if err != nil {
		return err
	}
	l.printf("## Growth\n\nA hit by bazel's front, medians of %d rounds.\n\n", rounds)
	l.table(rows)
	return nil
}

// grown returns a hit in a house of that size.
func (l *lab) grown(name string, routes, tokens int) (variant, error) {
	h, err := l.house(name, routes, tokens)
	if err != nil {
		return variant{}, err
	}
	return variantOf(h, name, "bazel", cost.BuiltIn, 0)
}
