//go:build ignore

// Main draws the picture in the README anew: see package screens.
package main

import (
	"fmt"
	"os"

	"github.com/sesame-auth/sesame/cmd/internal/screens"
)

func main() {
	if err := screens.Draw("docs/pictures"); err != nil {
		fmt.Fprintln(os.Stderr, "picture: "+err.Error())
		os.Exit(1)
	}
}
