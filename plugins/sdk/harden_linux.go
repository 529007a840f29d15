package sdk

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// replace makes the descriptor to a copy of from. dup2 does not exist on arm64.
func replace(from, to int) error { return unix.Dup3(from, to, 0) }

// hideMemory forbids other processes of the same user to trace this one and to read its
// memory and environment. An exec undoes it, so it is no inheritance from sesame.
func hideMemory() error {
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil {
		return fmt.Errorf("hide the memory: %w", err)
	}
	return nil
}
