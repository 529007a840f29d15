//go:build unix

package host

import (
	"fmt"
	"os"
	"strconv"
	"syscall"
)

const (
	// maxSocketPath is the longest path of a socket that every Unix takes: sun_path has 104
	// bytes on the BSDs, 108 on Linux, and ends with a zero byte.
	maxSocketPath = 103
	// socketName is as long as what go-plugin adds to our directory: a directory of
	// its own and the socket, each with a random number of 32 bits.
	socketName = len("/plugin-dir4294967295/plugin4294967295")
	dirName    = len("/sesame-4294967295")
)

// socketDir makes a fresh directory of mode 0700 in temp, or in /tmp where a path below
// temp would be too long for a socket.
func socketDir(temp string) (string, error) {
	if len(temp)+dirName+socketName > maxSocketPath {
		temp = "/tmp"
	}
	dir, err := os.MkdirTemp(temp, "sesame-")
	if err != nil {
		return "", fmt.Errorf("a directory for its socket: %w", err)
	}
	return dir, nil
}

// closeOnExec marks every descriptor of this process from 3 on. Go opens its own
// so; one that this process inherited is not.
func closeOnExec() {
	// Where /dev/fd cannot be read, what Go has opened is still marked.
	entries, _ := os.ReadDir("/dev/fd")
	for _, entry := range entries {
		if fd, err := strconv.Atoi(entry.Name()); err == nil && fd > 2 {
			syscall.CloseOnExec(fd)
		}
	}
}
