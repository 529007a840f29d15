//go:build !linux

package leak

// A Watch sees nothing here: it reads the /proc of Linux.
type Watch struct{}

// Common returns the one watch that all tests of a process share.
func Common() *Watch { return &Watch{} }

// Sightings returns nothing.
func (w *Watch) Sightings(string) []Sighting { return nil }

// AwaitEnd waits for nothing.
func (w *Watch) AwaitEnd(string) {}
