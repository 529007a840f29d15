// Package stack gives the main goroutine of a front the stack it needs at once.
//
// A goroutine starts with 2 KiB, and a front needs 8. On the way there the runtime would
// make room for stacks of 4 and of 8 KiB, 32 KiB each time, and touch every page of
// it: twelve page faults, a twentieth of the cost of a hit. Growing once, by the call
// of a function with a large frame, costs two.
//
// The package imports nothing, so that it is initialised before the packages whose
// initialisers would grow the stack in small steps. docs/performance.md has the measurement.
package stack

// room has a frame of 8 KiB, and does nothing.
func room()

func init() { room() }
