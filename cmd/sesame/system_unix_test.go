//go:build unix

package main

// root is where an absolute path begins, as people write it.
const root = "/"
