package sdk

import "golang.org/x/sys/unix"

const knowsDumpable = true

// dumpable reports whether another process may read this one's memory.
func dumpable() bool {
	n, err := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0)
	return err != nil || n != 0
}
