// Package model has no code, only a test: it tries every interleaving of the steps by which
// processes share one refresh, with kills at any step.
package model
