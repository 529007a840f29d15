//go:build ignore

// Command main runs package bench.
package main

import "github.com/sesame-auth/sesame/cmd/internal/bench"

func main() { bench.Main() }
