//go:build unix

package sdk

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// harden takes from the process what a provider must not have: the stdin of another
// program, files that others can read, and a memory image that others can read.
func harden() error {
	null, err := os.OpenFile(os.DevNull, os.O_RDONLY, 0)
	if err != nil {
		return fmt.Errorf("stdin: %w", err)
	}
	defer null.Close()
	if err := replace(int(null.Fd()), 0); err != nil {
		return fmt.Errorf("stdin: %w", err)
	}
	unix.Umask(0o077)
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}); err != nil {
		return fmt.Errorf("no core dumps: %w", err)
	}
	return hideMemory()
}
