//go:build unix

package host

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

const (
	// maxSocketPath is the longest path of a socket that every Unix takes: sun_path has 104
	// bytes on the BSDs, 108 on Linux, and ends with a zero byte.
	maxSocketPath = 103
	// socketName is as long as what go-plugin adds to our directory: a directory of
	// its own and the socket, each with a random number of 32 bits.
	socketName = len("/plugin-dir4294967295/plugin4294967295")
	dirName    = len("/" + dirPrefix + "4294967-4294967295")
	// dirPrefix begins the name of our directory; the host's process number follows.
	dirPrefix = "sesame-"
)

// socketDir makes a fresh directory of mode 0700 in temp, or in /tmp where a path below
// temp would be too long for a socket.
func socketDir(temp string) (string, error) {
	if len(temp)+dirName+socketName > maxSocketPath {
		temp = "/tmp"
	}
	sweep(temp)
	dir, err := os.MkdirTemp(temp, dirPrefix+strconv.Itoa(os.Getpid())+"-")
	if err != nil {
		return "", fmt.Errorf("a directory for its socket: %w", err)
	}
	return dir, nil
}

// sweep removes what hosts that were killed left in temp: directories of this user whose names tell
// of a process that is no more. Nothing but an empty directory is lost if it fails.
func sweep(temp string) {
	left, _ := filepath.Glob(filepath.Join(temp, dirPrefix+"*-*"))
	for _, dir := range left {
		number, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(dir), dirPrefix), "-")
		pid, err := strconv.Atoi(number)
		if err != nil || syscall.Kill(pid, 0) != syscall.ESRCH {
			continue
		}
		info, err := os.Lstat(dir)
		if err == nil && info.IsDir() && int(info.Sys().(*syscall.Stat_t).Uid) == os.Geteuid() {
			_ = os.RemoveAll(dir)
		}
	}
}

// encrypt is false: the directory of the socket keeps every other user out.
const encrypt = false

// checkAddress refuses any address but one in the socket directory: another user could connect to it, or
// listen there.
func (p *process) checkAddress(network, address string) error {
	if network != "unix" || filepath.Dir(address) != p.dir {
		return fmt.Errorf("listens on %s %s: want a socket in the directory that "+
			"PLUGIN_UNIX_SOCKET_DIR names", network, address)
	}
	return nil
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
