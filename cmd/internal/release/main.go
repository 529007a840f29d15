//go:build ignore

// Release builds what people download: see package release.
package main

import (
	"fmt"
	"os"

	"github.com/sesame-auth/sesame/cmd/internal/release"
)

func main() {
	if err := release.Run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "release: "+err.Error())
		os.Exit(1)
	}
}
