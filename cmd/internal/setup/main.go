//go:build ignore

// Command main runs package setup.
package main

import (
	"fmt"
	"os"

	"github.com/sesame-auth/sesame/cmd/internal/setup"
)

func main() {
	if err := setup.Run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "setup:", err)
		os.Exit(1)
	}
}
