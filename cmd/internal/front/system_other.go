//go:build unix && !linux

package front

import (
	"os"
	"syscall"
	"time"
)

// self returns the path of this program's executable; "" if it is not known.
func self() string {
	path, err := os.Executable()
	if err != nil {
		return ""
	}
	return path
}

// Harden keeps the memory of this process, with the tokens in it, out of core dumps.
func Harden() { _ = syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{}) }

// readable waits until there is something to read, an end included, or the time is over.
func readable(fd int, wait time.Duration) (bool, error) {
	set := syscall.FdSet{}
	set.Bits[0] = 1 << fd
	limit := syscall.NsecToTimeval(int64(max(wait, 0)))
	err := syscall.Select(fd+1, &set, nil, nil, &limit)
	return set.Bits[0] != 0, err
}

// closeOthersOnExec keeps descriptors that this process inherited from its children.
func closeOthersOnExec() {
	for fd := 3; fd < 256; fd++ {
		syscall.CloseOnExec(fd)
	}
}

// startOf returns fallback: this system does not say when a process was started.
func startOf(fallback time.Time) time.Time { return fallback }
